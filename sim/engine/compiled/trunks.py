"""Rule 2c: lines, which customers hold while they are connected."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from sim.engine.compiled.machine import rule
from sim.engine.compiled.order import expect
from sim.engine.compiled.tables import LINE_FREED, channels_of, held_of, trunks_of


@rule
def has_line(centre, number, channel):
    """Whether the customer who arrives holds a line, or one is free, which is theirs now."""
    if held_of(centre)[number].on:
        return True
    trunk = trunks_of(centre)[channel.trunk]
    if trunk.connected >= trunk.lines:
        return False
    held_of(centre)[number].on = 1
    trunk.connected += 1
    return True


@rule
def connect(centre, number, channel_number):
    """The customer holds a line from now on, if the channel has some."""
    channel = channels_of(centre)[channel_number]
    held = held_of(centre)[number]
    if channel.trunk >= 0 and not held.on:
        held.on = 1
        trunks_of(centre)[channel.trunk].connected += 1


@rule
def hang_up(centre, number, channel_number):
    """Free the line that the customer holds."""
    held = held_of(centre)[number]
    if held.on:
        held.on = 0
        trunks_of(centre)[channels_of(centre)[channel_number].trunk].connected -= 1


@rule
def hang_up_at(centre, number, time):
    """Expect when the line will be free."""
    held = held_of(centre)[number]
    if held.on:
        held.until = time
        expect(centre, time, LINE_FREED, number)


@rule
def line_freed(centre, number, channel_number):
    """The talk is over, unless it has become slower or quicker since."""
    if held_of(centre)[number].until == centre.now:
        hang_up(centre, number, channel_number)


@rule
def stay_connected(centre, channel_number, next_number, next_channel):
    """Whether the line is kept on the way to another channel, which shares it."""
    channels = channels_of(centre)
    trunk = channels[channel_number].trunk
    if trunk < 0 or channels[next_channel].trunk != trunk:
        return False
    connect(centre, next_number, next_channel)
    return True
