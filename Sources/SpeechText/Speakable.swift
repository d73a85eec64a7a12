/// Makes a written text speakable: removes formatting, and writes as words what a voice cannot read.
///
/// For every language Markdown (headings, lists, emphasis, links, images, tables, code), HTML tags and entities, emoji and
/// control characters are taken away, addresses of web pages are shortened to their host, and line ends that end a thought
/// become full stops. Fenced code is left out when there is anything else to say.
///
/// In **English** (by the customs of the United States, or those of Britain for any other region than `US`, `CA` and `PH`)
/// numbers, money, dates, times, percentages, units, ordinals, years, telephone numbers and abbreviations are written out
/// in words. In **other languages digits are left to the speech engine**: eSpeak NG and the hosted voices read numbers in
/// their own language, and a rule set of ours for each would be worse than theirs.
///
/// The result is one line, is never empty when `text` holds a letter, grows at most in proportion to `text`, and making it
/// speakable again changes nothing.
/// - Parameter language: BCP-47, such as `en-GB`.
public func speakable(_ text: String, language: String) -> String {
    let parts = language.lowercased().split { $0 == "-" || $0 == "_" }
    let isEnglish = parts.first == "en"
    let customs: EnglishCustoms = parts.count < 2 || ["us", "ca", "ph"].contains(parts[1]) ? .american : .british
    let pass = { (text: String) in
        let plain = Markup.plain(text, language: String(parts.first ?? ""))
        return tidy(isEnglish ? EnglishReader(customs).read(plain) : plain)
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
