/// The marks of the chat templates: DeepSeek, Gemma, GLM, Granite, Kimi, Llama, Mistral, Phi, Qwen, Seed, gpt-oss.
extension ControlMark {
    /// Names of thoughts, without hyphens and underscores.
    private static let thoughtNames: Set<String> = [
        "think", "thinking", "thinkingprocess", "thought", "thoughts", "thoughtprocess", "reason", "reasoning",
        "reasoningcontent", "reflect", "reflection", "scratchpad", "analysis", "monologue", "innermonologue",
        "internalmonologue", "innerthought", "innerthoughts", "internalthought", "internalthoughts", "chainofthought",
        "cot", "cotbudgetreflect", "rationale", "deliberation", "introspection",
    ]

    /// Names of tool calls and of what tools answer.
    private static let callNames: Set<String> = [
        "toolcall", "toolcalls", "toolcallssection", "toolcode", "tooluse", "toolresponse", "toolresponses",
        "toolresult", "toolresults", "tooloutput", "tooloutputs", "function", "functioncall", "functioncalls",
        "functionresponse", "functionresult", "functionresults", "invoke",
    ]

    /// Tags that hold the answer itself: they go, it stays.
    private static let wrappers: Set<String> = [
        "answer", "finalanswer", "response", "finalresponse", "reply", "finalreply",
    ]

    /// Other tags that are tokens.
    private static let tagTokens: [String: ControlMark] = [
        "bos": .nothing, "pad": .nothing, "unk": .nothing, "eos": .ends, "eot": .ends, "endofturn": .ends,
        "endofutterance": .ends, "startofturn": .role,
    ]

    /// Name spaces of tags (`<seed:think>`).
    private static let nameSpaces: Set<String> = ["seed", "antml", "minimax", "dsml", "ns"]

    /// Everything that the name of a tag may still become.
    private static let prefixes: Set<String> = {
        let names = thoughtNames.union(callNames).union(wrappers).union(tagTokens.keys).union(nameSpaces).union(["s"])
        return Set(names.flatMap { name in (1...name.count).map { String(name.prefix($0)) } })
    }()

    static func mayBecomeTag(_ name: String) -> Bool { name.isEmpty || prefixes.contains(name) }
    static func isNameSpace(_ name: String) -> Bool { nameSpaces.contains(name) }
    static func takesAttributes(_ name: String) -> Bool {
        thoughtNames.contains(name) || callNames.contains(name) || wrappers.contains(name)
    }

    /// What `<name>` or `</name>` means; nil when it is no mark.
    static func tag(_ name: String, isClosing: Bool) -> ControlMark? {
        if let block = block(name) { return isClosing ? .closes(block) : .opens(block) }
        if name == "s" { return .strike(opens: !isClosing) }
        return wrappers.contains(name) ? .nothing : tagTokens[name]
    }

    /// What `<|name|>` means: of unknown tokens nothing stays either.
    static func token(_ name: String, isClosing: Bool) -> ControlMark {
        if let known = tokens[name] { return known }
        for (affix, ends) in prefixesOfBlocks where name.hasPrefix(affix) {
            if let block = tokenBlock(String(name.dropFirst(affix.count))) {
                return ends ? .closes(block) : .opens(block)
            }
        }
        for (affix, ends) in suffixesOfBlocks where name.hasSuffix(affix) {
            if let block = tokenBlock(String(name.dropLast(affix.count))) {
                return ends ? .closes(block) : .opens(block)
            }
        }
        guard let block = tokenBlock(name) else { return .nothing }
        return isClosing ? .closes(block) : .opens(block)
    }

    /// What `<|name>` (opens) or `<name|>` (closes) means; nil when it is no mark.
    static func halfToken(_ name: String, isClosing: Bool) -> ControlMark? {
        switch name {
        case "channel": isClosing ? .closes(Block(kind: .channel, name: name)) : .channel
        case "turn": isClosing ? .ends : .role
        default: tokenBlock(name).map { isClosing ? .closes($0) : .opens($0) }
        }
    }

    /// Whether `<name` may still become `<channel|>` and its like.
    static func mayBecomeHalfToken(_ name: String) -> Bool { "channel".hasPrefix(name) || "turn".hasPrefix(name) }

    private static func block(_ name: String) -> Block? {
        if thoughtNames.contains(name) { return Block(kind: .thought, name: name) }
        return callNames.contains(name) ? Block(kind: .call, name: name) : nil
    }

    private static func tokenBlock(_ name: String) -> Block? {
        let plain = name.filter { $0 != "_" && $0 != "-" }
        return plain == "action" ? Block(kind: .call, name: plain) : block(plain)
    }

    private static let prefixesOfBlocks = [
        ("begin_of_", false), ("start_of_", false), ("begin_", false), ("start_", false), ("end_of_", true),
        ("end_", true),
    ]
    private static let suffixesOfBlocks = [("_begin", false), ("_start", false), ("_end", true)]

    /// Tokens by their names between the bars, in small letters.
    private static let tokens: [String: ControlMark] = {
        let groups: [(ControlMark, [String])] = [
            (
                .ends,
                [
                    "im_end", "eot_id", "eom_id", "eot", "eom", "eos", "eod", "endoftext", "end_of_text",
                    "end_of_sentence", "end_of_turn", "end_of_turn_token", "end_response", "end_of_response",
                    "end_of_document", "endofprompt", "return",
                ]
            ),
            (.endsMessage, ["end", "call"]),
            (
                .role,
                [
                    "im_start", "start", "start_header_id", "header_start", "start_of_role", "start_of_turn",
                    "im_assistant", "im_user", "im_system",
                ]
            ),
            (.body, ["message", "end_header_id", "header_end", "end_of_role", "im_middle", "im_sep"]),
            (.channel, ["channel"]),
            (.assistant, ["assistant", "bot", "model", "chatbot_token"]),
            (
                .other,
                [
                    "user", "human", "system", "developer", "observation", "tool", "ipython", "environment",
                    "user_token",
                    "system_token",
                ]
            ),
            (.calls, ["python_tag"]),
        ]
        return Dictionary(
            groups.flatMap { mark, names in names.map { ($0, mark) } }, uniquingKeysWith: { first, _ in first })
    }()

    // MARK: Marks in one spelling

    /// What exactly this text means, such as `[TOOL_CALLS]`.
    static func literal(_ text: String) -> ControlMark? { literals[text] }
    static func mayBecomeLiteral(_ text: String) -> Bool { literalPrefixes.contains(text) }

    private static let literals: [String: ControlMark] = {
        var marks: [String: ControlMark] = [
            "[INST]": .instruction(opens: true), "[/INST]": .instruction(opens: false), "[TOOL_CALLS]": .calls,
            "[TOOL_CALL]": .calls,
            "[ARGS]": .nothing, "[CALL_ID]": .nothing, "[TOOL_CONTENT]": .nothing, "[BOS]": .nothing,
            "[PAD]": .nothing, "[UNK]": .nothing, "[gMASK]": .nothing, "[EOS]": .ends,
        ]
        let think = Block(kind: .thought, name: "think")
        let prompt = Block(kind: .foreign, name: "prompt")
        let results = Block(kind: .call, name: "toolresults")
        for (name, block) in [
            ("THINK", think), ("SYSTEM_PROMPT", prompt), ("AVAILABLE_TOOLS", prompt), ("TOOL_RESULTS", results),
        ] {
            marks["[\(name)]"] = .opens(block)
            marks["[/\(name)]"] = .closes(block)
        }
        for name in ["think", "thinking"] {
            marks["◁\(name)▷"] = .opens(think)
            marks["◁/\(name)▷"] = .closes(think)
        }
        marks["<<SYS>>"] = .opens(prompt)
        marks["<</SYS>>"] = .closes(prompt)
        return marks
    }()

    private static let literalPrefixes = Set(
        literals.keys.flatMap { text in (1..<text.count).map { String(text.prefix($0)) } })
}
