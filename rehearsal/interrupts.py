"""The signals that end a rehearsal; they wait while a process is started or a folder removed."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar, NoReturn

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _State:
    held = 0
    pending = False
    interrupted = False
    calls: ClassVar[list[Callable[[], object]]] = []


def _interrupt(_signal: int, _frame: object) -> None:
    if _State.held:
        _State.pending = True
    else:
        _raise()


def _raise() -> NoReturn:
    _State.interrupted = True
    for call in _State.calls:
        call()
    raise KeyboardInterrupt


@contextmanager
def interruptible() -> Iterator[None]:
    """Have SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt, so that everything is cleaned up.

    A signal that the caller has this process ignore, as `nohup` does, stays ignored.
    """
    before = {number: signal.getsignal(number) for number in _ENDING}
    changed = {number: one for number, one in before.items() if one is not signal.SIG_IGN}
    for number in changed:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        _State.interrupted = False
        for number, handler in changed.items():
            signal.signal(number, handler)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Have the signals wait until the end of the block; they never come to another thread.

    Raises:
        KeyboardInterrupt: at the end, when a signal came meanwhile.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _State.held += 1
    try:
        yield
    finally:
        _State.held -= 1
        if _State.pending and not _State.held:
            _State.pending = False
            _raise()


@contextmanager
def calling(call: Callable[[], object]) -> Iterator[None]:
    """Have a signal in this block call something before the block's threads are waited for.

    Args:
        call: ends what those threads wait for; it must return soon.
    """
    _State.calls.append(call)
    try:
        yield
    finally:
        _State.calls.remove(call)


@contextmanager
def foremost() -> Iterator[None]:
    """Have the block end by its interrupt, also when something fails while it unwinds.

    Raises:
        KeyboardInterrupt: a signal came, whatever else the block raises.
    """
    try:
        yield
    except Exception as error:
        if _State.interrupted:
            raise KeyboardInterrupt from error
        raise
