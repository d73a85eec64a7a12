import ProjectModel

extension Project {
    /// What a client that only reads is shown where there is no answer.
    public var shownApology: String { orchestrator.apology ?? Apology.standard(in: audio.language) }
}

/// What the caller hears where an answer failed and the project has no line for it.
enum Apology {
    /// The line of a language, by its first subtag.
    static func standard(in language: String) -> String {
        let tag = language.lowercased().prefix { $0 != "-" && $0 != "_" }
        return lines[String(tag)] ?? "Sorry, I cannot answer that just now."
    }

    private static let lines = [
        "de": "Entschuldigung, das kann ich gerade nicht beantworten.",
        "es": "Lo siento, ahora mismo no puedo responder.",
        "fr": "Désolé, je ne peux pas répondre pour le moment.",
        "it": "Mi dispiace, al momento non posso rispondere.",
        "nl": "Sorry, daar kan ik nu geen antwoord op geven.",
        "pl": "Przepraszam, nie mogę teraz odpowiedzieć.",
        "pt": "Desculpe, não consigo responder neste momento.",
        "sv": "Tyvärr, det kan jag inte svara på just nu.",
        "da": "Beklager, det kan jeg ikke svare på lige nu.",
        "nb": "Beklager, det kan jeg ikke svare på akkurat nå.",
        "no": "Beklager, det kan jeg ikke svare på akkurat nå.",
        "fi": "Valitettavasti en voi vastata siihen juuri nyt.",
        "cs": "Omlouvám se, na to teď nemohu odpovědět.",
        "sk": "Prepáčte, na to teraz neviem odpovedať.",
        "hu": "Sajnálom, erre most nem tudok válaszolni.",
        "ro": "Îmi pare rău, acum nu pot răspunde.",
        "ca": "Ho sento, ara mateix no puc respondre.",
        "el": "Λυπάμαι, δεν μπορώ να απαντήσω αυτή τη στιγμή.",
        "tr": "Üzgünüm, şu anda buna yanıt veremiyorum.",
        "ru": "Извините, сейчас я не могу на это ответить.",
        "uk": "Вибачте, зараз я не можу на це відповісти.",
        "ar": "عذرًا، لا أستطيع الإجابة الآن.",
        "he": "מצטערים, אי אפשר לענות על כך כרגע.",
        "hi": "क्षमा करें, अभी इसका उत्तर नहीं दिया जा सकता।",
        "id": "Maaf, saya belum bisa menjawabnya sekarang.",
        "vi": "Xin lỗi, hiện giờ tôi không thể trả lời.",
        "ko": "죄송합니다. 지금은 답변할 수 없습니다.",
        "zh": "抱歉，我现在无法回答。",
        "ja": "申し訳ありません、今はお答えできません。",
    ]
}
