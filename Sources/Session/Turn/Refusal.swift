/// What the caller hears where the project's rules forbid an answer.
enum Refusal {
    /// The line of a language, by its first subtag, with the rule's name in it.
    static func standard(in language: String, rule: String) -> String {
        let tag = language.lowercased().prefix { $0 != "-" && $0 != "_" }
        let line = lines[String(tag)] ?? "Sorry, I cannot help with that. A rule here does not allow it: {rule}."
        // The name is not read again, so that it may hold anything.
        return line.split(separator: "{rule}", maxSplits: 1, omittingEmptySubsequences: false).joined(separator: rule)
    }

    private static let lines = [
        "de": "Dabei kann ich leider nicht helfen. Eine Regel lässt es nicht zu: {rule}.",
        "es": "Lo siento, no puedo ayudar con eso. Una norma no lo permite: {rule}.",
        "fr": "Désolé, je ne peux pas vous aider. Une règle ne le permet pas : {rule}.",
        "it": "Mi dispiace, non posso aiutare. Una regola non lo consente: {rule}.",
        "nl": "Sorry, daar kan ik niet bij helpen. Een regel staat het niet toe: {rule}.",
        "pl": "Przepraszam, nie mogę w tym pomóc. Nie pozwala na to zasada: {rule}.",
        "pt": "Desculpe, não posso ajudar. Uma regra não o permite: {rule}.",
        "sv": "Tyvärr, det kan jag inte hjälpa till med. En regel tillåter det inte: {rule}.",
        "da": "Beklager, det kan jeg ikke hjælpe med. En regel tillader det ikke: {rule}.",
        "ru": "Извините, с этим я не могу помочь. Этого не допускает правило: {rule}.",
        "zh": "抱歉，我无法提供帮助。规则不允许：{rule}。",
        "ja": "申し訳ありません、お手伝いできません。規則で認められていません：{rule}。",
    ]
}
