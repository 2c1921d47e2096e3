"""The command line: `python -m app`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from app.core.config import load_settings, read_settings, refuse, unsafe_settings
from app.core.database import create_engine, create_session_factory
from app.core.logging import configure_logging
from app.core.passwords import PasswordHasher
from app.domain.email import check_email
from app.domain.password import check_password
from app.domain.permission import Role
from app.registry import DIALECT
from app.repositories.user import EmailTakenError, UserRepository
from app.services.audit import log_event
from app.services.user import UserService

cli = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


def _fail(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(code=1)


def _is_open(path: Path) -> bool:
    return path.exists() and path.stat().st_mode & 0o077 != 0


async def _create_admin(email: str, password: str) -> None:
    settings = load_settings()
    configure_logging(settings)
    engine = create_engine(settings, DIALECT)
    passwords = PasswordHasher(settings)
    try:
        async with create_session_factory(engine, [log_event])() as session:
            service = UserService(session, UserRepository(session), passwords)
            await service.create(
                email=email,
                password=password,
                full_name=None,
                roles=[Role.USER, Role.ADMIN],
            )
            await session.commit()
    finally:
        await engine.dispose()


@cli.command()
def create_admin(
    email: str,
    password: Annotated[
        str,
        typer.Option(
            envvar="ADMIN_PASSWORD",
            prompt=True,
            hide_input=True,
            confirmation_prompt=True,
            help="Better in ADMIN_PASSWORD or at the prompt: others can see options.",
        ),
    ],
) -> None:
    """Make an administrator."""
    try:
        check_email(email)
        check_password(password)
        asyncio.run(_create_admin(email, password))
    except (ValueError, EmailTakenError) as error:
        raise _fail(str(error)) from None
    except (SQLAlchemyError, ConnectionError) as error:
        reason = f"The database cannot be used ({type(error).__name__}): "
        raise _fail(reason + "is it running, and migrated (make migrate)?") from None
    typer.echo(f"{email} is an administrator now.")


@cli.command()
def check(
    *,
    deploy: Annotated[
        bool, typer.Option("--deploy", help="Judge by the rules of production.")
    ] = False,
) -> None:
    """Check the settings; exit with 78 and a line for each one that is wrong."""
    settings = read_settings()
    if deploy:
        refuse(unsafe_settings(settings))
    typer.echo("The settings are fine.")
    if deploy and settings.is_development:
        typer.echo("APP_ENVIRONMENT is development here: set it to production.")
    if deploy and _is_open(Path(".env")):
        typer.echo("Others can read .env: chmod 600 .env")


if __name__ == "__main__":
    cli()
