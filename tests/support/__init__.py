"""What the tests share: interpreters, rendered services and servers."""
