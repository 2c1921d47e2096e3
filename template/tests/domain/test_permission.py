from app.domain.permission import Permission, Role, permissions_of


def test_everyone_has_an_account() -> None:
    assert permissions_of([]) == {Permission.ACCOUNT}
    assert Permission.ACCOUNT in permissions_of([Role.USER])


def test_users_are_no_administrators() -> None:
    assert Permission.USERS_READ not in permissions_of([Role.USER])


def test_administrators_may_do_everything() -> None:
    assert permissions_of([Role.USER, Role.ADMIN]) == set(Permission)


def test_every_role_has_permissions() -> None:
    for role in Role:
        assert permissions_of([role])
