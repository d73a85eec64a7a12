/// Cuts a text into pieces of bounded length for engines that take one utterance at a time: at the ends of sentences and
/// clauses where there are any, else between words, else anywhere. Nothing but white space at the cuts is lost.
public func speechPieces(of text: String, limit: Int) -> [Substring] {
    var pieces: [Substring] = []
    var rest = text[...].drop(while: \.isWhitespace)
    while !rest.isEmpty {
        guard let end = rest.index(rest.startIndex, offsetBy: limit, limitedBy: rest.endIndex), end < rest.endIndex
        else {
            pieces.append(rest)
            break
        }
        let window = rest[..<end]
        let cut =
            lastCut(in: window, after: ".!?…。！？") ?? lastCut(in: window, after: ",;:–、，；") ?? lastSpace(in: window)
            ?? end
        pieces.append(rest[..<cut])
        rest = rest[cut...].drop(while: \.isWhitespace)
    }
    return pieces.filter { !$0.allSatisfy(\.isWhitespace) }
}

/// The place behind the last of `marks` that white space follows, in the second half of `window`.
private func lastCut(in window: Substring, after marks: String) -> String.Index? {
    let half = window.index(window.startIndex, offsetBy: window.count / 2)
    var index = window.endIndex
    while index > half {
        let before = window.index(before: index)
        if marks.contains(window[before]),
            index == window.endIndex || window[index].isWhitespace || !window[before].isASCII
        {
            return index == window.endIndex && window[before].isASCII ? nil : index
        }
        index = before
    }
    return nil
}

private func lastSpace(in window: Substring) -> String.Index? {
    window.lastIndex(where: \.isWhitespace).flatMap { $0 > window.startIndex ? $0 : nil }
}
