"""Nobody reads the log any more."""

import os

from tests.faults.checks import write
from tests.faults.load import at_once
from tests.faults.service import Start


async def test_the_reader_of_the_log_is_gone(start: Start) -> None:
    reader, writer = os.pipe()
    # As in the image: else Python ends with 120 over what it could not write.
    async with start(output=writer, PYTHONUNBUFFERED="1") as service:
        os.close(writer)
        os.close(reader)
        answers = await at_once(10, lambda n: write(service, n))
        assert answers.statuses == {201: 10}
        assert await service.stop(10) == 0
