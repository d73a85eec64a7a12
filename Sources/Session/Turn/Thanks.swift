/// What the caller hears who has answered the last question of a flow, after which nobody else speaks.
enum Thanks {
    /// The line of a language, by its first subtag.
    static func standard(in language: String) -> String {
        let tag = language.lowercased().prefix { $0 != "-" && $0 != "_" }
        return lines[String(tag)] ?? "Thank you."
    }

    private static let lines = [
        "de": "Danke.", "es": "Gracias.", "fr": "Merci.", "it": "Grazie.", "nl": "Dank u.", "pl": "Dziękuję.",
        "pt": "Obrigado.", "sv": "Tack.", "da": "Tak.", "nb": "Takk.", "no": "Takk.", "fi": "Kiitos.", "cs": "Děkuji.",
        "sk": "Ďakujem.", "hu": "Köszönöm.", "ro": "Mulțumesc.", "ca": "Gràcies.", "el": "Ευχαριστώ.",
        "tr": "Teşekkürler.", "ru": "Спасибо.", "uk": "Дякую.", "ar": "شكرًا لك.", "he": "תודה.", "hi": "धन्यवाद।",
        "id": "Terima kasih.", "vi": "Cảm ơn.", "ko": "감사합니다.", "zh": "谢谢。", "ja": "ありがとうございます。",
    ]
}
