"""A server's clock beside ours: times of orders, tokens and sessions are compared across machines."""

from orderflow.doctor.finding import Finding, ok, warning, wrong

LOOSE_SECONDS = 1.0
OFF_SECONDS = 60.0
_REMEDY = "let a time service (chrony, systemd-timesyncd) set the clocks of both machines"


def clock(server: str, ahead: float) -> Finding:
    """`ahead`: seconds that the server's clock is before ours, less what the way there may account for."""
    subject = f"clock of {server}"
    if abs(ahead) <= LOOSE_SECONDS:
        return ok(subject, "the same as here, within a second")
    detail = f"{abs(ahead):.1f} s {'ahead of' if ahead > 0 else 'behind'} the one here"
    return (wrong if abs(ahead) > OFF_SECONDS else warning)(subject, detail, _REMEDY)
