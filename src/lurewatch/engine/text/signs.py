"""What single characters that are not letters are read as, and which characters nobody sees."""

from __future__ import annotations

PUNCTUATION = {
    "'": "‘’‚‛‹›′‵´ʹʻʼʽˈˊ׳՚＇",
    '"': "“”„‟«»″‶〝〞〃״❝❞",
    "-": "‐‑‒–—―−⁃˗➖⸺⸻﹘",
    ".": "。․۔܁܂",
    ",": "،、，٫",
    ":": "：։׃܃܄꞉∶ː˸",
    ";": "؛",
    "?": "؟⸮",
    "/": "⁄∕╱⧸⟋",
    "*": "∗⁎٭",
    "~": "∼⁓〜～",
    "+": "➕",
    "|": "│┃￨❘",
    "<": "❮˂",
    ">": "❯˃",
    "(": "❨〔⸨",
    ")": "❩〕⸩",
    "\n": "\u0085\u2028\u2029",
    "@": "＠",
}

GREEK_SMALL_CAPITALS = {"ᴦ": "γ", "ᴧ": "λ", "ᴨ": "π", "ᴩ": "ρ", "ᴪ": "ψ", "ᴫ": "л"}

# Emoji that show a word.
WORDS_IN_SQUARES = {
    "🆎": "ab",
    "🆑": "cl",
    "🆒": "cool",
    "🆓": "free",
    "🆔": "id",
    "🆕": "new",
    "🆖": "ng",
    "🆗": "ok",
    "🆘": "sos",
    "🆙": "up",
    "🆚": "vs",
    "🔟": "10",
}

# Alphabets without a decomposition: the code point of A and the number of letters.
ENCLOSED_ALPHABETS = (0x1F110, 0x1F130, 0x1F150, 0x1F170, 0x1F1E6, 0x249C)
FLAG_A = 0x1F1E6

# ISO 3166 codes, two letters each: pairs of regional indicators that show a flag.
REGIONS = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw "
    "by bz ca cc cd cf cg ch ci ck cl cm cn co cp cr cu cv cw cx cy cz de dg dj dk dm do dz ea ec ee eg eh er es "
    "et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu ic id ie "
    "il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc "
    "md me mf mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe "
    "pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv "
    "sx sy sz ta tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug um un us uy uz va vc ve vg vi vn vu wf ws "
    "xk ye yt za zm zw"
)

# Rendered as nothing: format and bidirectional controls, fillers, variation selectors, tags; and the trade-mark signs.
INVISIBLE = (
    (0x80, 0x84),
    (0x86, 0x9F),
    (0xAD, 0xAD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x2120, 0x2120),
    (0x2122, 0x2122),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFF0, 0xFFFB),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)

# Rendered as a blank although no white space: a space where a text has no other, else a disguise.
BLANKS = (0x2800, 0x3164, 0xFFA0)

# Combining marks of no script in particular; the marks a script owns are part of its letters.
FREE_MARKS = (
    (0x0300, 0x034E),
    (0x0350, 0x036F),
    (0x0483, 0x0489),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0x302A, 0x302F),
    (0x3099, 0x309A),
    (0xFE20, 0xFE2F),
)

FIRST_OVERLAY, LAST_OVERLAY = 0x0332, 0x0338  # lines under and through letters

# Where letters, marks and compatibility characters live; outside are letters and emoji that fold to themselves.
FOLDED_RANGES = (
    (0x80, 0x3400),
    (0xA000, 0xAC00),
    (0xF900, 0x10000),
    (0x10400, 0x10600),
    (0x10780, 0x107C0),
    (0x11000, 0x12000),
    (0x16A00, 0x17000),
    (0x1D165, 0x1D200),
    (0x1D400, 0x1D800),
    (0x1DF00, 0x1F300),
    (0x1FBF0, 0x1FBFA),
    (0x2F800, 0x2FA1E),
)
LETTER_RANGES = ((0x3400, 0xA000), (0xAC00, 0xD7A4), (0x10000, 0x1D000), (0x20000, 0x32000))

# Letters of International Phonetic Alphabet shape that living languages write.
ORTHOGRAPHIC = "ɓɖɗɛɔəɣɩɨʉʊʋɲŋƙƴɵɾ"

# Letters that no letter of the other script looks like.
HARD_LATIN = "dfgijlnqrsuvwz"
HARD_CYRILLIC = "бджзийлпфцчшщъыьэюё"

# What messages in Cyrillic are disguised with: Latin and Greek letters, as folded.
CYRILLIC_LOOKS = {
    "а": "aα",
    "в": "bvβ",
    "г": "rγ",
    "д": "d",
    "е": "eε",
    "и": "u",
    "к": "kκ",
    "л": "λ",
    "м": "mμ",
    "н": "hη",
    "о": "oοσ",
    "п": "nπ",
    "р": "pρ",
    "с": "cϲ",
    "т": "tτ",
    "у": "yυ",
    "ф": "φ",
    "х": "xχ",
}

# Signs outside ASCII that are used for a letter, with the byte for them where a text has one byte a character.
LEET = {
    "€": 0x90, "£": 0x91, "¥": 0x92, "¢": 0x93, "©": 0x94, "®": 0x95, "§": 0x96, "¡": 0x97, "₿": 0x98,
    "฿": 0x99, "₱": 0x9A, "₩": 0x9B, "₮": 0x9C, "₦": 0x9D, "₴": 0x9E, "₵": 0x9F, "₲": 0xA1, "₭": 0xA2,
    "₥": 0xA3, "₣": 0xA4, "₹": 0xA5, "₽": 0xA6, "₳": 0xA7, "¶": 0xA8,
}  # fmt: skip
