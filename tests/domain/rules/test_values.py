"""What the values of rules can answer themselves."""

from domain.rules.values import PointsLimit


def test_points_limits() -> None:
    below, at_most = PointsLimit(12, inclusive=False), PointsLimit(12, inclusive=True)

    assert [below.allows(points) for points in (11, 12, 13)] == [True, False, False]
    assert [at_most.allows(points) for points in (11, 12, 13)] == [True, True, False]
