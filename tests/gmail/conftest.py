from tests.fixtures_sandbox import sandbox

__all__ = ["sandbox"]
