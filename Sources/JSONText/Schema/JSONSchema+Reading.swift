extension JSONSchema {
    /// Turns JSON into rules, and counts.
    struct Reader {
        var unchecked: [String] = []
        var unreachable: [String] = []
        private var count = 0

        /// Keywords that allow and forbid nothing.
        private static let remarks: Set = [
            "$schema", "$id", "$comment", "title", "description", "default", "examples", "example", "deprecated",
            "readOnly", "writeOnly", "format", "$defs", "definitions",
        ]

        mutating func rule(_ json: JSON, path: String, depth: Int) throws(Problem) -> Rule {
            count += 1
            if depth > JSONSchema.deepestLevel || count > JSONSchema.mostSchemas {
                throw Problem(path: path, message: "is nested too deeply, or holds too many schemas")
            }
            if case .bool(let allows) = json {
                var rule = Rule()
                rule.isNothing = !allows
                return rule
            }
            guard case .object(let members) = json else {
                throw Problem(path: path, message: "must be a schema: an object, true or false")
            }
            var rule = Rule()
            for (key, value) in members {
                let place = path.isEmpty ? key : "\(path).\(key)"
                try read(key, value, into: &rule, place: place, depth: depth)
            }
            for key in rule.contradictions { unreachable.append(path.isEmpty ? key : "\(path).\(key)") }
            return rule
        }

        private mutating func read(
            _ key: String, _ value: JSON, into rule: inout Rule, place: String, depth: Int
        ) throws(Problem) {
            switch key {
            case "type": rule.types = try types(value, place)
            case "const": rule.allowed = [value]
            case "enum":
                guard case .array(let values) = value, !values.isEmpty else {
                    throw Problem(path: place, message: "must be a list of values")
                }
                rule.allowed = values
            case "properties":
                guard case .object(let members) = value else {
                    throw Problem(path: place, message: "must be an object of schemas")
                }
                for (name, schema) in members {
                    let own = try self.rule(schema, path: "\(place).\(name)", depth: depth + 1)
                    rule.properties.append((name, own))
                }
            case "required": rule.required = try names(value, place)
            case "additionalProperties":
                if case .bool(let allows) = value {
                    rule.others = allows ? .anything : .nothing
                } else {
                    rule.others = .each(try self.rule(value, path: place, depth: depth + 1))
                }
            case "items": rule.items = [try self.rule(value, path: place, depth: depth + 1)]
            case "minItems": rule.count.low = try size(value, place)
            case "maxItems": rule.count.high = try size(value, place)
            case "minLength": rule.length.low = try size(value, place)
            case "maxLength": rule.length.high = try size(value, place)
            case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
                try bound(key, value, into: &rule, place)
            case "pattern":
                guard let text = value.string else { throw Problem(path: place, message: "must be a string") }
                rule.pattern = SimplePattern(text)
                if rule.pattern == nil { unchecked.append(place) }
            case "anyOf", "oneOf": rule.alternatives.append(try rules(value, place, depth: depth))
            case "allOf": for one in try rules(value, place, depth: depth) { rule.alternatives.append([one]) }
            default: if !Self.remarks.contains(key) && !key.hasPrefix("x-") { unchecked.append(place) }
            }
        }

        private mutating func rules(_ value: JSON, _ place: String, depth: Int) throws(Problem) -> [Rule] {
            guard case .array(let schemas) = value, !schemas.isEmpty else {
                throw Problem(path: place, message: "must be a list of schemas")
            }
            var rules: [Rule] = []
            for (index, schema) in schemas.enumerated() {
                rules.append(try rule(schema, path: "\(place)[\(index)]", depth: depth + 1))
            }
            return rules
        }

        private func types(_ value: JSON, _ place: String) throws(Problem) -> Set<Kind> {
            var texts: [String] = []
            if let text = value.string { texts = [text] } else { texts = try names(value, place) }
            var kinds: Set<Kind> = []
            for text in texts {
                guard let kind = Kind(rawValue: text) else {
                    let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
                    throw Problem(path: place, message: "'\(text.prefix(40))' is not one of \(known)")
                }
                kinds.insert(kind)
                if kind == .number { kinds.insert(.integer) }
            }
            if kinds.isEmpty { throw Problem(path: place, message: "must name a type") }
            return kinds
        }

        private func names(_ value: JSON, _ place: String) throws(Problem) -> [String] {
            guard case .array(let values) = value else {
                throw Problem(path: place, message: "must be a list of names")
            }
            let names = values.compactMap(\.string)
            guard names.count == values.count else { throw Problem(path: place, message: "must be a list of names") }
            return names
        }

        private func size(_ value: JSON, _ place: String) throws(Problem) -> Int {
            guard let number = value.number, number >= 0, let size = Int(exactly: number) else {
                throw Problem(path: place, message: "must be a whole number from 0")
            }
            return size
        }

        private func bound(_ key: String, _ value: JSON, into rule: inout Rule, _ place: String) throws(Problem) {
            // In older drafts these are truth values, about the bound beside them.
            if case .bool(let excludes) = value, key.hasPrefix("exclusive") {
                if key == "exclusiveMinimum" {
                    rule.value.excludesLow = excludes
                } else {
                    rule.value.excludesHigh = excludes
                }
                return
            }
            guard let number = value.number else { throw Problem(path: place, message: "must be a number") }
            switch key {
            case "minimum": rule.value.low = number
            case "maximum": rule.value.high = number
            case "exclusiveMinimum": (rule.value.low, rule.value.excludesLow) = (number, true)
            default: (rule.value.high, rule.value.excludesHigh) = (number, true)
            }
        }
    }
}

extension JSONSchema.Rule {
    /// The keywords that nothing can satisfy.
    fileprivate var contradictions: [String] {
        var keys: [String] = []
        if let allowed, !allowed.contains(where: { types.contains($0.kind) }) { keys.append("enum") }
        if value.isEmpty { keys.append("minimum") }
        if length.isEmpty { keys.append("minLength") }
        if count.isEmpty { keys.append("minItems") }
        return keys
    }
}

extension JSONSchema.Range {
    fileprivate var isEmpty: Bool {
        guard let low, let high else { return false }
        return low > high || (low == high && (excludesLow || excludesHigh))
    }
}
