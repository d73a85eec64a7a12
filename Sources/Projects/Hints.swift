import FlowGraph

/// `did you mean 'voice'?`, or nil when nothing is near enough.
func didYouMean(_ name: String, _ candidates: some Sequence<String>) -> String? {
    nearestName(to: name, among: candidates).map { "did you mean '\($0)'?" }
}

/// For a key with nothing under it.
let removeHint = "remove the key, or give it a value"

/// For text that was written as a number or truth value.
func textHint(_ node: YAMLNode) -> String? { node.isQuotable ? "put it in quotes" : nil }

/// For a number or truth value that was written as text.
func quoteHint(_ node: YAMLNode) -> String? {
    guard case .scalar(let text, isPlain: false) = node.content else { return nil }
    let bare = YAMLNode(content: .scalar(text, isPlain: true), mark: node.mark)
    return bare.bool != nil || bare.double != nil ? "remove the quotes" : nil
}

func numberHint(_ node: YAMLNode) -> String? { quoteHint(node) ?? zeroHint(node) }

/// For `010`, which is eight to some readers and ten to others.
func zeroHint(_ node: YAMLNode) -> String? {
    guard case .scalar(let text, isPlain: true) = node.content, text.utf8.count > 1, text.first == "0",
        text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return "write it without the leading zero"
}

/// A number as in JSON: `3`, `0.25`.
func plain(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
}

extension YAMLNode {
    /// Whether quotes would make text of it.
    var isQuotable: Bool {
        if case .scalar = content { !isNull } else { false }
    }

    /// The value under a key, if this is a block that has it.
    subscript(key: String) -> YAMLNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// Whether there is nothing in it.
    var isEmpty: Bool {
        switch content {
        case .sequence(let items): items.isEmpty
        case .mapping(let entries): entries.isEmpty
        case .scalar: isNull
        }
    }
}
