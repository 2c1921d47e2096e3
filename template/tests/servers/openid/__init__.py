"""A provider of OpenID Connect in this process, on a real socket."""
