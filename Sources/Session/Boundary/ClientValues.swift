import Agents
import ProjectModel

/// Values that a client gives the placeholders of a project, by name. They replace those of the same name.
public struct ClientValues: Codable, Equatable, Sendable {
    /// In the order of their names.
    let variables: [PromptMemory.Variable]

    /// Checks names and values, and how many there are.
    /// - Parameter values: by name; nil is a value that is no text.
    /// - Throws: `invalid_field`, with the name that it is about if that is one.
    public init(_ values: [String: String?]) throws(BadInput) {
        if values.count > PromptValues.most {
            throw BadInput(code: "invalid_field", message: "'variables' may have \(PromptValues.most) names")
        }
        var variables: [PromptMemory.Variable] = []
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard Placeholders.isName(name) else {
                let form = "1…\(Placeholders.longestName) letters, digits and _, and no digit first"
                throw BadInput(code: "invalid_field", message: "a name in 'variables' has \(form)")
            }
            guard let value, value.unicodeScalars.count <= PromptValues.longestValue else {
                // A name of that form is a plain word, so it is repeated.
                let form = "text of up to \(PromptValues.longestValue) characters"
                throw BadInput(code: "invalid_field", message: "'variables.\(name)' must be \(form)")
            }
            variables.append(PromptMemory.Variable(name: name, value: value))
        }
        self.variables = variables
    }
}
