/// What a mark in a model's text means. Which marks there are: `ControlMark+Names.swift`.
enum ControlMark: Equatable, Sendable {
    /// What follows is no speech, up to the end of the block.
    case opens(Block)
    /// A block ends. Without its beginning, a thought began in the prompt.
    case closes(Block)
    /// `[INST]` and `[/INST]`: the caller's message, which ends the answer; before the answer it only goes. What stands
    /// before the closing one alone was no word of the model.
    case instruction(opens: Bool)
    /// The answer ends.
    case ends
    /// A message ends; the answer with it, unless the message was a thought (`<|end|>`).
    case endsMessage
    /// A message begins; whose it is follows.
    case role
    /// A part of a message begins; its channel follows.
    case channel
    /// What `role` or `channel` began is over, the message's text follows.
    case body
    /// A message of the model itself begins.
    case assistant
    /// A message of somebody else begins.
    case other
    /// The rest is a call of a tool (`[TOOL_CALLS]`).
    case calls
    /// `<s>` and `</s>`: a template's tokens, or struck text in HTML.
    case strike(opens: Bool)
    /// It only goes.
    case nothing

    /// A stretch of text that is no speech.
    struct Block: Equatable, Sendable {
        enum Kind: Equatable, Sendable {
            /// A thought.
            case thought
            /// A call of a tool, or what the tool answered.
            case call
            /// Harmony's channel other than `final`.
            case channel
            /// Somebody else's message, or a part of the prompt.
            case foreign
        }

        var kind: Kind
        /// In small letters, without hyphens and underscores.
        var name: String
    }
}
