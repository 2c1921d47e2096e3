"""The command line: `python -m app`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from app.core.database import create_engine, create_session_factory
from app.core.exceptions import APIException
from app.core.logging import configure_logging
from app.core.migrations import SchemaError, load_migrations
from app.core.passwords import PasswordHasher
from app.core.startup import load_settings
from app.domain.email import check_email
from app.domain.password import check_password
from app.domain.permission import Role
from app.registry import DIALECT, EXTENSIONS, SETTINGS
from app.repositories.session import SessionRepository
from app.repositories.user import EmailTakenError, UserRepository
from app.services.audit import log_event
from app.services.purge import purge_expired
from app.services.user import UserService

cli = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


def _fail(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(code=1)


def _database_failure(error: Exception) -> typer.Exit:
    reason = f"The database cannot be used ({type(error).__name__}): "
    return _fail(reason + "is it running?")


def _is_open(path: Path) -> bool:
    return path.exists() and path.stat().st_mode & 0o077 != 0


async def _create_admin(email: str, password: str) -> None:
    settings = load_settings(SETTINGS)
    configure_logging(settings)
    engine = create_engine(settings, DIALECT)
    passwords = PasswordHasher(settings)
    try:
        factory = create_session_factory(engine, [log_event])
        await load_migrations().check(factory)
        async with factory() as session:
            service = UserService(
                session,
                users=UserRepository(session),
                sessions=SessionRepository(session),
                passwords=passwords,
            )
            await service.create(
                email=email,
                password=password,
                full_name=None,
                roles=[Role.USER, Role.ADMIN],
                actor=None,
                email_verified=True,
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
    except EmailTakenError:
        message = (
            f"{email} has an account already; another administrator can promote it."
        )
        raise _fail(message) from None
    except (ValueError, APIException, SchemaError) as error:
        raise _fail(str(error)) from None
    except (SQLAlchemyError, ConnectionError) as error:
        raise _database_failure(error) from None
    typer.echo(f"{email} is an administrator now.")


async def _purge() -> int:
    engine = create_engine(load_settings(SETTINGS), DIALECT)
    try:
        factory = create_session_factory(engine)
        await load_migrations().check(factory)
        return await purge_expired(factory, EXTENSIONS)
    finally:
        await engine.dispose()


@cli.command()
def purge() -> None:
    """Delete expired sessions, tokens and throttles, as the running service does hourly."""
    try:
        deleted = asyncio.run(_purge())
    except SchemaError as error:
        raise _fail(str(error)) from None
    except (SQLAlchemyError, ConnectionError) as error:
        raise _database_failure(error) from None
    typer.echo(f"Deleted {deleted} expired rows.")


@cli.command()
def check(
    *,
    deploy: Annotated[
        bool, typer.Option("--deploy", help="Judge by the rules of production.")
    ] = False,
) -> None:
    """Check the settings; exit with 78 and a line for what is wrong."""
    settings = load_settings(SETTINGS, deploy=deploy)
    create_engine(settings, DIALECT)  # refuses a URL that is not of our database
    typer.echo("The settings are fine.")
    typer.echo(f"Mails link to {settings.site_url}, from {settings.mail_sender}.")
    if deploy and settings.is_development:
        typer.echo("APP_ENVIRONMENT is development here: set it to production.")
    if deploy and _is_open(Path(".env")):
        typer.echo("Others can read .env: chmod 600 .env")


if __name__ == "__main__":
    cli()
