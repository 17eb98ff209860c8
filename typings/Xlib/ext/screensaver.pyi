from typing import Any, Protocol

class _Reply(Protocol):
    idle: int

def query_info(self: Any) -> _Reply: ...
