"""Every provocation of the album."""

from album import deskwork, importing, machine, rulework

EVERY = (
    *importing.PROVOCATIONS,
    *deskwork.PROVOCATIONS,
    *rulework.PROVOCATIONS,
    *machine.PROVOCATIONS,
)
