"""Mails say what happened, where to go and how long that works; nothing more."""

from datetime import timedelta

import pytest

from app.domain.mail import (
    Message,
    account_created,
    address_taken,
    confirm_address,
    describe,
    password_changed,
    reset_password,
    session_ended,
)

ADDRESS = "ada@example.com"
LINK = "https://example.com/do#token=abc"
OTHER_LINK = "https://example.com/reset#token=def"
DAYS = timedelta(days=3)

WITH_TOKEN = [
    make(project="Order Desk", to=ADDRESS, link=LINK, lifetime=DAYS)
    for make in (confirm_address, reset_password)
] + [
    account_created(
        project="Order Desk",
        to=ADDRESS,
        link=LINK,
        forgot_link=OTHER_LINK,
        lifetime=DAYS,
    ),
    address_taken(
        project="Order Desk",
        to=ADDRESS,
        link=LINK,
        reset_link=OTHER_LINK,
        lifetime=DAYS,
    ),
]
NOTICES = [
    make(project="Order Desk", to=ADDRESS, link=LINK)
    for make in (password_changed, session_ended)
]


@pytest.mark.parametrize("mail", WITH_TOKEN + NOTICES, ids=lambda mail: mail.subject)
def test_mail_names_the_project_and_has_its_link_on_a_line_of_its_own(
    mail: Message,
) -> None:
    assert mail.to == ADDRESS
    assert "Order Desk" in mail.subject
    assert "Order Desk" in mail.text
    assert f"\n\n{LINK}\n" in mail.text
    assert mail.text.isascii()


@pytest.mark.parametrize("mail", WITH_TOKEN, ids=lambda mail: mail.subject)
def test_mail_with_a_token_says_how_long_it_works_and_what_if_it_was_not_you(
    mail: Message,
) -> None:
    assert "for 3 days" in mail.text
    assert "do nothing:" in mail.text


def test_who_has_an_account_may_sign_in_or_choose_a_new_password() -> None:
    text = WITH_TOKEN[-1].text
    assert text.index(f"\n\n{LINK}\n\n") < text.index(f"\n\n{OTHER_LINK}\n\n")


@pytest.mark.parametrize(
    ("lifetime", "words"),
    [
        (timedelta(hours=1), "1 hour"),
        (timedelta(days=3), "3 days"),
        (timedelta(hours=24), "1 day"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(seconds=59), "0 minutes"),
    ],
)
def test_lifetimes_are_told_in_words(lifetime: timedelta, words: str) -> None:
    assert describe(lifetime) == words
