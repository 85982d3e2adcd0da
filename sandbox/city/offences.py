"""Which codes cameras and officers write down, and what a camera measured."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sandbox.city.entities import OffenceCode

# Parking, markings, signs, red lights, lanes, belts, phones and speed make up nearly all records.
# Stems in order of frequency; a fifth character of the local table does not matter.
_CAMERA_STEMS = (
    "1039", "1345", "1344", "1625", "1208", "1352", "1019", "1042", "1636", "1211", "1018", "1043",
    "1223", "6011", "1101", "1044", "1301", "6050", "1357", "1205", "4010", "1048", "1721", "4008",
)  # fmt: skip
_SCENE_STEMS = ("1223", "1101", "1344", "1110", "1109", "1207", "1340", "1115", "1301")
_PERCENT = re.compile(r"(\d{2})[%％]")


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a camera did: its method, and the speed and the limit if it measured any."""

    method: str
    speed: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class OffenceBook:
    """The code table, sorted by who writes what down."""

    camera: tuple[OffenceCode, ...]
    camera_weights: tuple[float, ...]
    scene: tuple[OffenceCode, ...]
    harmless: tuple[OffenceCode, ...]

    @classmethod
    def of(cls, codes: Sequence[OffenceCode]) -> "OffenceBook":
        if not codes:
            raise ValueError("a city needs at least one violation code")
        camera = _of_stems(codes, _CAMERA_STEMS)
        return cls(
            camera=camera,
            camera_weights=_weights(camera),
            scene=_of_stems(codes, _SCENE_STEMS),
            harmless=tuple(code for code in camera if code.points == 0) or camera,
        )

    def captured(self, source: Random) -> OffenceCode:
        return source.choices(self.camera, self.camera_weights)[0]

    def with_points(self, points: int) -> OffenceCode:
        """An on-scene code of these points if the table has one, else any."""
        return next((code for code in self.scene if code.points == points), self.scene[0])


def measurement(code: OffenceCode, source: Random) -> Measurement:
    """How a code was captured; speeds are measured only for codes that speak of speed."""
    if "时速" not in code.text and "超速" not in code.text:
        if "信号灯" in code.text or "停止线" in code.text:
            return Measurement("1")
        if "停放" in code.text or "停车" in code.text:
            return Measurement(source.choice("456"))
        return Measurement(source.choice("1489"))
    low, high = _excess(code.text)
    limit = source.choice((60, 70, 80, 100))
    excess = max(1, limit * source.randrange(low, high) // 100)
    return Measurement(source.choice("337"), limit + excess, limit)


def _excess(text: str) -> tuple[int, int]:
    """The per cent above the limit that a code speaks of, as a half-open range."""
    shares = sorted(int(share) for share in _PERCENT.findall(text))
    if len(shares) > 1:
        return shares[0], shares[-1]
    share = shares[0] if shares else 10
    return (1, share) if "以下" in text or "未达" in text else (share, share + 20)


def _weights(codes: Sequence[OffenceCode]) -> tuple[float, ...]:
    """Early stems are the frequent ones; the local variants of a stem share its weight."""
    stems = [code.code[:4] for code in codes]
    ranks = {stem: rank for rank, stem in enumerate(dict.fromkeys(stems), start=1)}
    return tuple(1 / (ranks[stem] * stems.count(stem)) for stem in stems)


def _of_stems(codes: Sequence[OffenceCode], stems: tuple[str, ...]) -> tuple[OffenceCode, ...]:
    found = [code for stem in stems for code in codes if code.code[:4] == stem]
    return tuple(found or codes)
