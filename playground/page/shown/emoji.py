"""Maps emoji short codes to characters: those that apps use, not all of Unicode."""

from __future__ import annotations

import re

_CODE = re.compile(r"(:[a-z0-9_+-]+(?:::skin-tone-[2-6])?:)")

_TABLE = """
+1 👍 | -1 👎 | thumbsup 👍 | thumbsdown 👎 | ok_hand 👌 | clap 👏 | raised_hands 🙌 | pray 🙏
wave 👋 | raised_hand ✋ | hand ✋ | point_right 👉 | point_left 👈 | point_up ☝️ | point_down 👇
muscle 💪 | handshake 🤝 | writing_hand ✍️ | eyes 👀 | brain 🧠 | speaking_head_in_silhouette 🗣️
smile 😄 | slightly_smiling_face 🙂 | grin 😁 | joy 😂 | sweat_smile 😅 | wink 😉 | blush 😊
thinking_face 🤔 | neutral_face 😐 | worried 😟 | cry 😢 | sob 😭 | scream 😱 | angry 😠
sleeping 😴 | zzz 💤 | raising_hand 🙋 | face_with_monocle 🧐 | robot_face 🤖 | heart ❤️
tada 🎉 | sparkles ✨ | star ⭐ | fire 🔥 | boom 💥 | zap ⚡ | rocket 🚀 | 100 💯 | bulb 💡
rotating_light 🚨 | warning ⚠️ | no_entry ⛔ | no_entry_sign 🚫 | octagonal_sign 🛑 | sos 🆘
construction 🚧 | radioactive_sign ☢️ | biohazard_sign ☣️ | mega 📣 | loudspeaker 📢 | bell 🔔
no_bell 🔕 | mute 🔇 | sound 🔉 | speaker 🔈 | postal_horn 📯 | pager 📟 | telephone_receiver 📞
phone ☎️ | telephone ☎️ | iphone 📱 | email 📧 | envelope ✉️ | incoming_envelope 📨 | inbox_tray 📥
outbox_tray 📤 | mailbox 📫 | speech_balloon 💬 | left_speech_bubble 🗨️ | thought_balloon 💭
red_circle 🔴 | large_orange_circle 🟠 | large_yellow_circle 🟡 | large_green_circle 🟢
large_blue_circle 🔵 | large_purple_circle 🟣 | large_brown_circle 🟤 | orange_circle 🟠
yellow_circle 🟡 | green_circle 🟢 | blue_circle 🔵 | purple_circle 🟣 | white_circle ⚪
black_circle ⚫ | large_red_square 🟥 | large_orange_square 🟧 | large_yellow_square 🟨
large_green_square 🟩 | large_blue_square 🟦 | white_large_square ⬜ | black_large_square ⬛
small_red_triangle 🔺 | small_red_triangle_down 🔻 | large_orange_diamond 🔶 | large_blue_diamond 🔷
small_orange_diamond 🔸 | small_blue_diamond 🔹 | black_small_square ▪️ | white_small_square ▫️
white_check_mark ✅ | heavy_check_mark ✔️ | ballot_box_with_check ☑️ | x ❌ | heavy_multiplication_x ✖️
negative_squared_cross_mark ❎ | heavy_plus_sign ➕ | heavy_minus_sign ➖ | exclamation ❗
grey_exclamation ❕ | bangbang ‼️ | question ❓ | grey_question ❔ | interrobang ⁉️
information_source ℹ️ | recycle ♻️ | repeat 🔁 | arrows_counterclockwise 🔄
arrows_clockwise 🔃 | arrow_right ➡️ | arrow_left ⬅️ | arrow_up ⬆️ | arrow_down ⬇️
arrow_upper_right ↗️ | arrow_lower_right ↘️ | arrow_right_hook ↪️ | leftwards_arrow_with_hook ↩️
arrow_heading_up ⤴️ | arrow_heading_down ⤵️ | fast_forward ⏩ | rewind ⏪ | arrow_forward ▶️
black_right_pointing_triangle ▶️ | double_vertical_bar ⏸️ | pause_button ⏸️ | black_square_for_stop ⏹️
hourglass ⌛ | hourglass_flowing_sand ⏳ | alarm_clock ⏰ | stopwatch ⏱️ | timer_clock ⏲️ | watch ⌚
clock1 🕐 | clock2 🕑 | clock3 🕒 | clock4 🕓 | clock5 🕔 | clock6 🕕 | clock7 🕖 | clock8 🕗
clock9 🕘 | clock10 🕙 | clock11 🕚 | clock12 🕛 | mantelpiece_clock 🕰️ | calendar 📅 | date 📅
spiral_calendar_pad 🗓️ | memo 📝 | pencil 📝 | pencil2 ✏️ | clipboard 📋 | pushpin 📌
round_pushpin 📍 | paperclip 📎 | link 🔗 | page_facing_up 📄 | page_with_curl 📃
bookmark_tabs 📑 | books 📚 | book 📖 | bookmark 🔖 | label 🏷️ | scroll 📜 | newspaper 📰
rolled_up_newspaper 🗞️ | file_folder 📁 | open_file_folder 📂 | card_index_dividers 🗂️
file_cabinet 🗄️ | wastebasket 🗑️ | chart_with_upwards_trend 📈 | chart_with_downwards_trend 📉
bar_chart 📊 | lock 🔒 | unlock 🔓 | closed_lock_with_key 🔐 | key 🔑 | shield 🛡️ | scales ⚖️
mag 🔍 | mag_right 🔎 | gear ⚙️ | hammer_and_wrench 🛠️ | wrench 🔧 | hammer 🔨 | toolbox 🧰
bust_in_silhouette 👤 | busts_in_silhouette 👥 | family 👪 | child 🧒 | baby 👶 | cop 👮
police_car 🚓 | ambulance 🚑 | fire_engine 🚒 | judge 🧑‍⚖️ | detective 🕵️ | office 🏢 | hospital 🏥
classical_building 🏛️ | house 🏠 | globe_with_meridians 🌐 | earth_africa 🌍 | earth_americas 🌎
earth_asia 🌏 | world_map 🗺️ | white_flag 🏳️ | triangular_flag_on_post 🚩 | checkered_flag 🏁
eye 👁️ | see_no_evil 🙈 | hear_no_evil 🙉 | speak_no_evil 🙊 | ghost 👻 | skull ☠️ | bug 🐛
computer 💻 | keyboard ⌨️ | desktop_computer 🖥️ | floppy_disk 💾 | camera 📷 | movie_camera 🎥
video_camera 📹 | film_frames 🎞️ | microphone 🎤 | headphones 🎧 | tv 📺 | satellite_antenna 📡
battery 🔋 | electric_plug 🔌 | package 📦 | gift 🎁 | trophy 🏆 | medal 🏅 | dart 🎯
sunrise 🌅 | sunny ☀️ | partly_sunny ⛅ | cloud ☁️ | rain_cloud 🌧️ | thunder_cloud_and_rain ⛈️
snowflake ❄️ | crescent_moon 🌙 | coffee ☕ | pizza 🍕 | cake 🍰 | beers 🍻 | seedling 🌱
one 1️⃣ | two 2️⃣ | three 3️⃣ | four 4️⃣ | five 5️⃣ | six 6️⃣ | seven 7️⃣ | eight 8️⃣ | nine 9️⃣ | zero 0️⃣
keycap_ten 🔟 | new 🆕 | up 🆙 | ok 🆗 | id 🆔 | vs 🆚 | abc 🔤 | hash #️⃣
"""


def _read(table: str) -> dict[str, str]:
    entries = (entry.split() for line in table.splitlines() for entry in line.split("|"))
    return {entry[0]: entry[1] for entry in entries if len(entry) == 2}


CHARACTERS: dict[str, str] = _read(_TABLE)

#: The choices in the reaction menu, in order.
QUICK = (
    "eyes",
    "white_check_mark",
    "raised_hands",
    "+1",
    "pushpin",
    "rotating_light",
    "heart",
    "tada",
    "thinking_face",
    "question",
    "hourglass_flowing_sand",
    "x",
)


def character(code: str) -> str | None:
    """Return the character for a short code without colons. Skin tones are ignored."""
    return CHARACTERS.get(code.partition("::")[0])


def split(text: str) -> list[str]:
    """Split into text and codes in turn: `['a ', ':bell:', '']`. Only known codes count."""
    parts = [""]
    for number, part in enumerate(_CODE.split(text)):
        if number % 2 and character(part[1:-1]):
            parts += [part, ""]
        else:
            parts[-1] += part
    return parts
