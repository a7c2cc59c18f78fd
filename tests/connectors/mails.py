"""Invented replies as mail programs write them: how each introduces what it quotes, by program and language.

The forms are those of Gmail, Apple Mail, Outlook and Yahoo; ``OLD`` is what is quoted, ``ADDRESS`` who wrote it.
"""

from __future__ import annotations

OLD = ("My cell is 604-555-1234,", "write to me any time")
ADDRESS = "john@example.com"
_WHO = f"John Doe <{ADDRESS}>"
INTRODUCTIONS = {
    "english": f"On Mon, Jan 5, 2026 at 10:12 AM {_WHO} wrote:",
    "english, wrapped": f"On Mon, Jan 5, 2026 at 10:12 AM John Doe <\n{ADDRESS}> wrote:",
    "english, without a time": f"On January 5, 2026, {_WHO} wrote:",
    "german": f"Am Mo., 5. Jan. 2026 um 10:12 Uhr schrieb {_WHO}:",
    "french": f"Le lun. 5 janv. 2026 à 10:12, {_WHO} a écrit :",
    "spanish": f"El lun, 5 ene 2026 a las 10:12, John Doe (<{ADDRESS}>) escribió:",
    "italian": f"Il giorno lun 5 gen 2026 alle ore 10:12 {_WHO} ha scritto:",
    "portuguese": f"Em seg., 5 de jan. de 2026 às 10:12, {_WHO} escreveu:",
    "dutch": f"Op ma 5 jan 2026 om 10:12 schreef {_WHO}:",
    "polish": f"pon., 5 sty 2026 o 10:12 {_WHO} napisał(a):",
    "russian": f"пн, 5 янв. 2026 г. в 10:12, {_WHO}:",
    "turkish": f"{_WHO}, 5 Oca 2026 Pzt, 10:12 tarihinde şunu yazdı:",
    "hindi": f"सोम, 5 जन॰ 2026 को 10:12 am बजे को {_WHO} ने लिखा:",
    "japanese": f"2026年1月5日(月) 10:12 {_WHO}:",
    "chinese": f"{_WHO} 于2026年1月5日周一 10:12写道：",
    "arabic": f"في الاثنين، 5 يناير 2026 في 10:12 ص تمت كتابة ما يلي بواسطة {_WHO}:",
}
HEADERS = {
    "english": ("From", "Sent", "To", "Subject", "Monday, January 5, 2026 10:12 AM"),
    "german": ("Von", "Gesendet", "An", "Betreff", "Montag, 5. Januar 2026 10:12"),
    "french": ("De ", "Envoyé ", "À ", "Objet ", "lundi 5 janvier 2026 10:12"),
    "spanish": ("De", "Enviado el", "Para", "Asunto", "lunes, 5 de enero de 2026 10:12"),
    "italian": ("Da", "Inviato", "A", "Oggetto", "lunedì 5 gennaio 2026 10:12"),
    "portuguese": ("De", "Enviado", "Para", "Assunto", "segunda-feira, 5 de janeiro de 2026 10:12"),
    "dutch": ("Van", "Verzonden", "Aan", "Onderwerp", "maandag 5 januari 2026 10:12"),
    "polish": ("Od", "Wysłano", "Do", "Temat", "poniedziałek, 5 stycznia 2026 10:12"),
    "russian": ("От", "Отправлено", "Кому", "Тема", "5 января 2026 г. 10:12"),
    "chinese": ("发件人", "发送时间", "收件人", "主题", "2026年1月5日 10:12"),
}


def header_block(language: str) -> list[str]:
    """What Outlook writes above an earlier mail."""
    sender, sent, to, subject, time = HEADERS[language]
    return [f"{sender}: {_WHO}", f"{sent}: {time}", f"{to}: Jane Roe", f"{subject}: Tax"]
