"""Citizens: identity numbers, names and driving licences."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sandbox.city.checks import identity_number
from sandbox.city.entities import Licence
from sandbox.city.seeds import Shuffle, chance, years_after


def _weights(table: str) -> tuple[list[str], list[int]]:
    pairs = [entry.split(":") for entry in table.split()]
    return [name for name, _ in pairs], [int(weight) for _, weight in pairs]


# Area 500000 was never issued to a person, so no invented number can be somebody's.
AREA = "500000"
_FIRST_BIRTH = date(1950, 1, 1)
_BIRTH_DAYS = (date(2006, 1, 1) - _FIRST_BIRTH).days
# Sequence 999 is kept for the people of the magic plates.
_SEQUENCES = 999

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何罗高林郑梁谢唐许冯宋韩邓彭曹曾田萧潘袁蔡"
    "蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛"
)
_COMPOUND_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "东方", "令狐", "皇甫", "夏侯")
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲芬燕彬凤洁梅琳素云莲真"
    "环雪荣爱妹霖香月莺媛瑞凡佳嘉琼勤珍贞莉兰宁波鹏飞宇浩轩子涵梓睿欣怡俊凯建国庆山川"
)
_LONG_NAMES = (
    "艾力·买买提",
    "阿依古丽·吐尔逊",
    "迪丽努尔·阿不都热合曼",
    "玛丽·约翰逊",
    "马克·安德森",
)
# Classes and status letters with how many in a thousand hold them, roughly.
_CLASSES = _weights("C1:700 C2:80 C1E:70 C1D:30 B2:40 A2:30 A1A2D:20 B1B2:10 A3D:10 C5:10")
_STATUSES = _weights(
    "A:860 AH:40 H:20 N:6 P:6 T:6 M:10 BM:5 D:4 S:8 SM:3"
    " L:3 F:2 G:3 R:2 K:2 HI:4 ANT:3 C:4 U:2 HNPTSU:3"
)
_OVERDUE = frozenset("MSR")


@dataclass(frozen=True, slots=True)
class Citizen:
    """Who somebody is, before the register has counted anything against him."""

    index: int
    identity_number: str
    name: str
    phone: str
    licence: Licence | None


class PeopleOffice:
    """Makes citizens by index, and finds the index behind an identity or a licence file number."""

    def __init__(self, seed: int, today: date) -> None:
        self._seed = seed
        self._today = today
        self._identities = Shuffle(seed, "identity", _BIRTH_DAYS * _SEQUENCES)
        self._files = Shuffle(seed, "file", 90_000_000)

    def citizen(self, index: int) -> Citizen:
        source = chance(self._seed, "person", index)
        sequence, days = divmod(self._identities.hide(index), _BIRTH_DAYS)
        birth = _FIRST_BIRTH + timedelta(days=days)
        return Citizen(
            index=index,
            identity_number=identity_number(AREA, f"{birth:%Y%m%d}", sequence),
            name=_name(source),
            phone=f"12{source.randrange(10**9):09d}",  # no mobile number begins with 12
            licence=self._licence(source, index, birth),
        )

    def by_identity(self, number: str) -> int | None:
        """Which citizen the number was made for; the caller checks that he really bears it."""
        try:
            days = (
                date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}") - _FIRST_BIRTH
            ).days
            sequence = int(number[14:17])
        except ValueError:
            return None
        if not 0 <= days < _BIRTH_DAYS or not 0 <= sequence < _SEQUENCES:
            return None
        return self._identities.find(sequence * _BIRTH_DAYS + days)

    def by_file(self, number: str) -> int | None:
        if len(number) != 12 or not (number.isascii() and number.isdigit()):
            return None
        return self._files.find(int(number[4:]))

    def _licence(self, source: Random, index: int, birth: date) -> Licence | None:
        # Only an odd citizen can be without one: his even neighbour drives for him.
        if index % 2 and source.random() < 0.06:
            return None
        adult = years_after(birth, 18)
        latest = max((self._today - adult).days - 200, 1)
        first_issued = adult + timedelta(days=source.randrange(min(latest, 365 * 25)))
        (classes,) = source.choices(*_CLASSES)
        (status,) = source.choices(*_STATUSES)
        if index == 0:  # the one everybody is shown first
            first_issued, classes, status = max(adult, date(2012, 5, 18)), "C1", "A"
        number = f"5001{self._files.hide(index):08d}"
        return licence(number, classes, first_issued, status, self._today)


def licence(
    file_number: str, classes: str, first_issued: date, status: str, today: date
) -> Licence:
    """A licence with no points yet; validity runs 6 years, then 10."""
    valid_from, valid_until = first_issued, years_after(first_issued, 6)
    while valid_until <= today:
        valid_from, valid_until = valid_until, years_after(valid_until, 10)
    clears = years_after(first_issued, today.year - first_issued.year)
    if clears <= today:
        clears = years_after(first_issued, today.year - first_issued.year + 1)
    overdue = today - timedelta(days=40) if _OVERDUE & set(status) else None
    return Licence(
        file_number=file_number,
        classes=classes,
        first_issued=first_issued,
        valid_from=valid_from,
        valid_until=overdue if overdue and "M" in status else valid_until,
        status=status,
        points=0,
        points_clear_on=clears,
        review_on=clears if overdue is None else overdue,
        overdue_on=overdue,
        authority="渝A",
    )


def _name(source: Random) -> str:
    draw = source.random()
    if draw < 0.01:
        return source.choice(_LONG_NAMES)
    surname = source.choice(_COMPOUND_SURNAMES) if draw < 0.03 else source.choice(_SURNAMES)
    return surname + "".join(source.choices(_GIVEN, k=1 if source.random() < 0.25 else 2))
