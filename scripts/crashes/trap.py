"""Ends this process with SIGKILL at a point, so that nothing of ours runs after it, no `finally`.

The product has no hook for this: the point's function is given other code, which calls the real one
under a trace function. Nothing else is traced: Python is several times slower where it is, and who
is slow dies of other things, such as the client's patience.
"""

from __future__ import annotations

import inspect
import os
import signal
import sys
import threading
import types
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from functools import partial
from types import FrameType, FunctionType
from typing import Any

from scripts.crashes.points import Point, function_of


class Trap:
    """Waits at one point of this process. `hit` is a file that says it was reached."""

    def __init__(self, point: Point, hit: int) -> None:
        self._point, self._hit, self._left = point, hit, point.nth
        function = function_of(point)
        self._function, self._code = function, function.__code__

    def set(self) -> None:
        """Lies in wait from now on, whoever has a name for the function already."""
        function = self._function
        real = FunctionType(
            self._code, function.__globals__, function.__name__, function.__defaults__
        )
        real.__kwdefaults__ = function.__kwdefaults__
        function.__defaults__ = None
        function.__kwdefaults__ = {"_call": partial(self._call, real)}
        function.__code__ = _instead.__code__

    def _call(self, real: FunctionType, *args: Any, **kwargs: Any) -> Any:
        made = partial(real, *args, **kwargs)
        caller = sys._getframe(2).f_code.co_name  # above `_instead`
        if self._point.under not in ("", caller):
            return made()
        if self._code.co_flags & inspect.CO_COROUTINE:
            return _awaited(self._steps(made()))
        if self._code.co_flags & inspect.CO_GENERATOR:
            return self._steps(made())
        if self._code.co_flags & inspect.CO_ASYNC_GENERATOR:
            return self._each(made())
        return self._watched(made)

    @types.coroutine
    def _steps(self, made: Any) -> Generator[Any, Any, Any]:
        """`yield from made`, watched from each of its waits to the next."""
        step = partial(made.send, None)
        while True:
            try:
                waits_for = self._watched(step)
            except StopIteration as end:
                return end.value
            try:
                step = partial(made.send, (yield waits_for))
            except BaseException as error:  # thrown in: it is his to handle
                step = partial(made.throw, error)

    async def _each(self, made: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
        while True:
            try:
                item = await self._steps(anext(made))
            except StopAsyncIteration:
                return
            yield item

    def _watched(self, step: Callable[[], Any]) -> Any:
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            return step()
        finally:
            sys.settrace(before)

    def _enter(self, frame: FrameType, event: str, _arg: Any) -> Any:
        return self._inside if frame.f_code is self._code else None

    def _inside(self, frame: FrameType, event: str, result: Any) -> Any:
        when = self._point.when
        if when in ("return", "end"):
            # What comes back with nothing (a claim where nothing waits) has done nothing.
            reached = event == "return" and (when == "end" or bool(result))
        else:
            reached = event == when and frame.f_lineno == self._point.line
        if reached:
            self._count()
        return self._inside

    def _count(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.write(self._hit, b"x")
            threading.Timer(self._point.after, _die).start() if self._point.after else _die()


def _instead(*args: Any, _call: Callable[..., Any], **kwargs: Any) -> Any:
    return _call(*args, **kwargs)


async def _awaited(steps: Coroutine[Any, Any, Any]) -> Any:
    return await steps


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
