"""The frame of whoever asks, without the audit event that `sys._getframe` raises."""

from __future__ import annotations

from types import FrameType


class _Here(Exception):
    """Raised to be caught at once."""


def frame_behind(steps: int) -> FrameType | None:
    """The frame that is so many calls behind the caller's own.

    Example:
        >>> frame_behind(0).f_code.co_name
        '<module>'
    """
    frame: FrameType | None = None
    try:
        raise _Here
    except _Here as here:
        if here.__traceback__ is not None:
            # Kept in no variable: it would keep alive this frame, and with it all that its callers hold.
            frame = here.__traceback__.tb_frame.f_back
    for _ in range(steps):
        frame = frame.f_back if frame is not None else None
    return frame
