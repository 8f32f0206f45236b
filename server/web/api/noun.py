"""One noun of the API: its routes, which are described only when somebody asks for the description."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.utils import parse_parameters


class Noun(APIBlueprint):
    """Shapes of a hundred routes take longer to describe than all else of a start, and almost nobody asks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._untold: list[Callable[[], object]] = []

    def describe(self) -> None:
        while self._untold:
            self._untold.pop(0)()

    def _collect_openapi_info(self, rule: str, func: Callable[..., Any], **told: Any) -> Any:
        self._untold.append(partial(super()._collect_openapi_info, rule, func, **told))
        return parse_parameters(func, doc_ui=False)
