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
        "zh": "抱歉，我现在无法回答。",
        "ja": "申し訳ありません、今はお答えできません。",
    ]
}
