/// Makes a written text speakable: removes formatting, and writes as words what a voice cannot read.
///
/// For every language Markdown (headings, lists, emphasis, links, images, tables, code), HTML tags and entities, emoji and
/// control characters are taken away, addresses of web pages are shortened to their host, and line ends that end a thought
/// become full stops. Fenced code is left out when there is anything else to say.
///
/// In **English** (by the customs of the United States, or those of Britain for any other region than `US`, `CA` and `PH`)
/// numbers, money, dates, times, percentages, units, ordinals, years, telephone numbers and abbreviations are written out
/// in words. In **other languages** the same is done in the words of `forms`, where these know the language. What only the
/// voice can know is left to it: ordinals ("3. März"), "1" before a noun, years where a language bends them.
///
/// The result is one line, is never empty when `text` holds a letter, grows at most in proportion to `text`, and making it
/// speakable again changes nothing.
/// - Parameters:
///   - language: BCP-47, such as `en-GB`.
///   - forms: the words of other languages than English; nil leaves their digits to the voice.
public func speakable(_ text: String, language: String, forms: (any SpokenForms)? = nil) -> String {
    let parts = language.lowercased().split { $0 == "-" || $0 == "_" }
    let isEnglish = parts.first == "en"
    let customs: EnglishCustoms = parts.count < 2 || ["us", "ca", "ph"].contains(parts[1]) ? .american : .british
    let primary = parts.first.map(String.init) ?? ""
    let pass = { (text: String) in
        let plain = Markup.plain(text, language: primary)
        if isEnglish { return tidy(EnglishReader(customs).read(plain)) }
        // Asking for a language's words is dear: only where there is a figure.
        guard let forms, plain.contains(where: \.isDigit) else { return tidy(plain) }
        return tidy(LocalReader(language, primary: primary, forms: forms)?.read(plain) ?? plain)
    }
    // One pass can reveal markup for the next (`*&lt;b&gt;*`). Ordinary text does not change after the first pass.
    var spoken = pass(text)
    for _ in 0..<6 {
        let again = pass(spoken)
        if again == spoken { break }
        spoken = again
    }
    if spoken.contains(where: \.isLetter) || !text.contains(where: \.isLetter) { return spoken }
    // Nothing but marks around the letters (an address without a host, a tag): say the letters.
    return tidy(String(text.map { $0.isLetter ? $0 : " " }))
}

/// Characters that never occur in spoken text: they are Markdown, or would be read out as signs.
private let unspoken: Set<Character> = ["*", "_", "`", "#", "~", "|", "[", "]", "{", "}", "\\", "<", ">", "^"]

/// Marks that stand behind a word.
private let closing: Set<Character> = [",", ".", ";", ":", "!", "?", "…"]

/// Normalizes white space and commas, and removes the last marks.
private func tidy(_ text: String) -> String {
    var result = ""
    var hasSpace = false
    for character in text {
        if character.isWhitespace || unspoken.contains(character) {
            hasSpace = true
            continue
        }
        let closes = closing.contains(character)
        if closes, let last = result.last, ",;:".contains(last) {
            // ", ." and ": ," become the stronger of the two.
            if character == "," { continue }
            result.removeLast()
        }
        if closes, character != ".", character != "…", result.isEmpty { continue }
        if hasSpace, !result.isEmpty, !closes { result.append(" ") }
        hasSpace = false
        result.append(character)
    }
    while let last = result.last, ",;:".contains(last) { result.removeLast() }
    return result
}
