"""Where defaults come from: articles of the law, and the practice of known platforms."""

from dataclasses import dataclass

from domain.texts import Text


@dataclass(frozen=True, slots=True)
class Law:
    """A law or regulation by its name."""

    zh: str
    en: str

    def article(self, *numbers: int) -> Text:
        """Some of its articles."""
        listed_zh = "、".join(map(str, numbers))
        listed_en = ", ".join(map(str, numbers))
        return Text(f"《{self.zh}》第{listed_zh}条", f"{self.en}, art. {listed_en}")


ROAD = Law("道路交通安全法", "Road Traffic Safety Law")
ROAD_REGULATION = Law("道路交通安全法实施条例", "Road Traffic Safety Regulation of 2017")
PROCEDURE = Law("道路交通安全违法行为处理程序规定", "Procedure Regulation (order 157)")
POINTS_LAW = Law("道路交通安全违法行为记分管理办法", "Points Regulation (order 163)")
PENALTY = Law("行政处罚法", "Administrative Penalty Law")
COERCION = Law("行政强制法", "Administrative Coercion Law")
RECONSIDERATION = Law("行政复议法", "Administrative Reconsideration Law")
OLD_RECONSIDERATION = Law("行政复议法（2017年）", "Administrative Reconsideration Law of 2017")
LITIGATION = Law("行政诉讼法", "Administrative Litigation Law")
OLD_LITIGATION = Law("行政诉讼法（1989年）", "Administrative Litigation Law of 1989")

NATIONAL_PLATFORM = Text("全国“交管12123”的做法", "practice of the national platform 12123")
CHONGQING_2017 = Text("2017年7月重庆上线公告", "launch notice of Chongqing, July 2017")
BEIJING_STYLE = Text("2017年北京式平台的做法", "practice of a Beijing-style platform, 2017")
SHENZHEN = Text("深圳的做法", "practice of Shenzhen")
TEXT_MESSAGES = Text(
    "广东一地微信办理的做法（2018年）", "practice of a Guangdong city on WeChat, 2018"
)
ROADSIDE_CODES = Text("北京路面执法二维码（2018年）", "roadside codes of Beijing, 2018")
PRUDENCE = Text("防止错误的通行做法", "common prudence")
OWN_CHOICE = Text("本系统的约定", "our own choice; no source rules it")
