/// Builds the node tree of one document, with every bound that a hostile file could test.
struct YAMLTree: ~Copyable {
    /// The largest number of nodes. Each use of an alias counts.
    static let maximumNodes = 20_000
    /// Blocks and lists within each other, those behind aliases included.
    static let maximumDepth = 64

    /// Something wrong with the text as YAML.
    struct Problem: Error, Equatable {
        var mark: Mark
        var message: String
        var hint: String?
    }

    private struct Anchored {
        var node: YAMLNode
        var size: Int
        var height: Int
    }

    private var parser: YAMLParser
    private var anchors: [String: Anchored] = [:]
    /// Anchors whose node is not complete yet; an alias to one of them would contain itself.
    private var unfinished: Set<String> = []
    private var count = 0
    private var problems: [Problem] = []

    /// The root, or nil if the text is not exactly one document, and all problems.
    static func read(_ bytes: [UInt8]) -> (root: YAMLNode?, problems: [Problem]) {
        do throws(Problem) {
            var tree = YAMLTree(parser: try Self.parser(bytes))
            do throws(Problem) {
                let root = try tree.document()
                return (root, tree.problems)
            } catch {
                return (nil, tree.problems + [error])
            }
        } catch {
            return (nil, [error])
        }
    }

    private init(parser: consuming YAMLParser) { self.parser = parser }

    private static func parser(_ bytes: [UInt8]) throws(Problem) -> YAMLParser {
        do throws(YAMLParser.SyntaxError) { return try YAMLParser(bytes) } catch { throw Self.problem(error) }
    }

    private mutating func next() throws(Problem) -> (event: YAMLEvent, mark: Mark) {
        do throws(YAMLParser.SyntaxError) { return try parser.next() } catch { throw Self.problem(error) }
    }

    private static func problem(_ error: YAMLParser.SyntaxError) -> Problem {
        let hints = [
            ("cannot start any token", "indent with spaces, not tabs; quote text that begins with @, ` or %"),
            ("mapping values are not allowed", "quote text that holds ': ', and check the indentation"),
            ("did not find expected key", "check the indentation of this line against the lines above"),
            ("could not find expected ':'", "a key is followed by a colon and a space"),
            ("undefined alias", "an alias needs an anchor (&name) above it"),
            ("control characters are not allowed", "remove the control character"),
        ]
        return Problem(
            mark: error.mark, message: "not valid YAML: \(error.message)",
            hint: hints.first { error.message.contains($0.0) }?.1)
    }

    private mutating func document() throws(Problem) -> YAMLNode? {
        // A text without a document means nothing, as an empty document does.
        guard case .documentStart = try next().event else {
            return YAMLNode(content: .scalar("", isPlain: true), mark: .start)
        }
        let (event, mark) = try next()
        let root = try node(event, at: mark, depth: 1).node
        _ = try next()
        let (after, second) = try next()
        if after == .documentStart {
            throw Problem(mark: second, message: "the file has a second document", hint: "one file holds one document")
        }
        return root
    }

    /// The node that `event` begins, how many nodes it holds and how deep it is.
    private mutating func node(_ event: YAMLEvent, at mark: Mark, depth: Int) throws(Problem) -> Anchored {
        if depth > Self.maximumDepth {
            throw Problem(mark: mark, message: "nested deeper than \(Self.maximumDepth) levels")
        }
        let before = count
        try spend(1, at: mark)
        let anchor: String?
        var result: Anchored
        switch event {
        case .alias(let name): return try expand(name, at: mark, depth: depth)
        case .scalar(let text, let isPlain, let name, let tag):
            anchor = name
            let content = YAMLNode.Content.scalar(text, isPlain: isPlain && !forcesText(tag, at: mark))
            result = Anchored(node: YAMLNode(content: content, mark: mark), size: 1, height: 1)
        case .sequenceStart(let name, let tag):
            anchor = name
            _ = forcesText(tag, at: mark)
            if let name { unfinished.insert(name) }
            result = try sequence(at: mark, depth: depth)
        case .mappingStart(let name, let tag):
            anchor = name
            _ = forcesText(tag, at: mark)
            if let name { unfinished.insert(name) }
            result = try mapping(at: mark, depth: depth)
        case .documentStart, .documentEnd, .streamEnd, .sequenceEnd, .mappingEnd:
            throw Problem(mark: mark, message: "not valid YAML: a value is missing here")
        }
        result.size = count - before
        if let anchor {
            unfinished.remove(anchor)
            anchors[anchor] = result
        }
        return result
    }

    private mutating func expand(_ name: String, at mark: Mark, depth: Int) throws(Problem) -> Anchored {
        if unfinished.contains(name) {
            throw Problem(mark: mark, message: "the alias '*\(name)' is inside the value that it names")
        }
        guard let target = anchors[name] else {
            throw Problem(
                mark: mark, message: "unknown alias '*\(name)'", hint: "an alias needs an anchor (&\(name)) above it")
        }
        if depth + target.height - 1 > Self.maximumDepth {
            throw Problem(mark: mark, message: "nested deeper than \(Self.maximumDepth) levels through aliases")
        }
        try spend(target.size - 1, at: mark)
        return target
    }

    private mutating func spend(_ nodes: Int, at mark: Mark) throws(Problem) {
        count += nodes
        if count > Self.maximumNodes {
            throw Problem(
                mark: mark, message: "more than \(Self.maximumNodes) values after expanding aliases",
                hint: "aliases within aliases multiply")
        }
    }

    private mutating func sequence(at mark: Mark, depth: Int) throws(Problem) -> Anchored {
        var items: [YAMLNode] = []
        var height = 0
        while true {
            let (event, place) = try next()
            if event == .sequenceEnd { break }
            let item = try node(event, at: place, depth: depth + 1)
            items.append(item.node)
            height = max(height, item.height)
        }
        return Anchored(node: YAMLNode(content: .sequence(items), mark: mark), size: 0, height: height + 1)
    }

    private mutating func mapping(at mark: Mark, depth: Int) throws(Problem) -> Anchored {
        var entries: [YAMLNode.Entry] = []
        var places: [String: Mark] = [:]
        var merged: [YAMLNode.Entry] = []
        var height = 0
        while true {
            let (event, place) = try next()
            if event == .mappingEnd { break }
            let key = try node(event, at: place, depth: depth + 1).node
            let (valueEvent, valuePlace) = try next()
            let value = try node(valueEvent, at: valuePlace, depth: depth + 1)
            height = max(height, value.height)
            guard case .scalar(let name, let isPlain) = key.content else {
                problems.append(Problem(mark: place, message: "a key must be text, not \(key.kind)"))
                continue
            }
            if name == "<<" && isPlain {
                merged += try entriesToMerge(value.node, at: valuePlace)
            } else if let first = places[name] {
                problems.append(
                    Problem(
                        mark: place, message: "the key '\(name)' is given twice",
                        hint: "the first one is in line \(first.line)"))
            } else {
                places[name] = place
                entries.append(.init(key: name, keyMark: place, value: value.node))
            }
        }
        for entry in merged where places[entry.key] == nil {
            places[entry.key] = entry.keyMark
            entries.append(entry)
        }
        return Anchored(node: YAMLNode(content: .mapping(entries), mark: mark), size: 0, height: height + 1)
    }

    private mutating func entriesToMerge(_ node: YAMLNode, at mark: Mark) throws(Problem) -> [YAMLNode.Entry] {
        switch node.content {
        case .mapping(let entries): return entries
        case .sequence(let items):
            var all: [YAMLNode.Entry] = []
            for item in items {
                guard case .mapping(let entries) = item.content else { break }
                all += entries
                try spend(entries.count, at: mark)
            }
            if items.allSatisfy({ if case .mapping = $0.content { true } else { false } }) { return all }
        case .scalar: break
        }
        problems.append(
            Problem(
                mark: mark, message: "'<<' merges a block of keys or a list of blocks, not \(node.kind)",
                hint: "write <<: *name"))
        return []
    }

    /// Whether a tag says that a plain scalar is text. Other tags than those of the YAML core change nothing here.
    private mutating func forcesText(_ tag: String?, at mark: Mark) -> Bool {
        guard let tag else { return false }
        if tag == "!" || tag == "tag:yaml.org,2002:str" { return true }
        let core = ["int", "float", "bool", "null", "seq", "map"].map { "tag:yaml.org,2002:" + $0 }
        if !core.contains(tag) {
            problems.append(
                Problem(mark: mark, message: "unknown tag", hint: "no tag is needed here; remove it"))
        }
        return false
    }
}
