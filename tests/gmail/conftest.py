from tests.fixtures_office import office
from tests.fixtures_sandbox import sandbox

__all__ = ["office", "sandbox"]
