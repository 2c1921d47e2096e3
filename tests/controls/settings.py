"""What the service refuses to start with."""

from controls.base import Control

CONTROLS = [
    Control(
        "the environment is production when unset",
        "app/core/config.py",
        "environment: Environment = Environment.PRODUCTION",
        "environment: Environment = Environment.DEVELOPMENT",
        "tests/core/test_config.py",
    ),
    Control(
        "unsafe settings stop the start",
        "app/core/config.py",
        "        refuse(unsafe_settings(settings))\n",
        "        pass\n",
        "tests/core/test_config.py",
    ),
]
