import JSONText
import ProviderKit
import Session

/// Reads `response.create`: what it leaves open is as the session says.
extension OpenAIRealtimeDialect {
    private static let mostInput = 64
    private static let mostMetadata = 16

    mutating func order(_ fields: RealtimeFields?) throws(BadInput) -> (ResponseOrder, RealtimeAnswer.Order) {
        guard let fields else { return (ResponseOrder(session.orders), standingOrder) }
        var session = session
        let common: Set = [
            "conversation", "input", "instructions", "metadata", "tools", "tool_choice", "max_output_tokens",
        ]
        let own: Set =
            era == .beta
            ? ["modalities", "output_audio_format", "temperature", "voice", "max_response_output_tokens"]
            : ["output_modalities", "audio", "parallel_tool_calls", "prompt", "reasoning"]
        try fields.check(only: common.union(own))
        if fields.has("instructions") {
            let longest = RealtimeSession.longestInstructions
            session.instructions = try fields.string("instructions", longest: longest) ?? ""
        }
        try session.answers.readTools(fields)
        try session.readLongest("max_output_tokens", of: fields)
        if era == .beta {
            try session.readModalities("modalities", of: fields)
            try session.readLongest("max_response_output_tokens", of: fields)
            try session.readSpeaking(fields)
            session.answers.temperature = try fields.number("temperature", in: 0...2) ?? session.answers.temperature
            session.output = try RealtimeFormat(beta: "output_audio_format", of: fields) ?? session.output
        } else {
            try session.readModalities("output_modalities", of: fields)
            try fields.refuse("prompt", "is not had here: write instructions")
            try fields.refuse("reasoning", "is the project's to say")
            try fields.refuse("parallel_tool_calls", unless: { $0 == .bool(true) }, "must be true")
            if let output = try fields.object("audio")?.object("output") {
                try output.check(only: ["format", "voice"])
                session.output = try RealtimeFormat("format", of: output) ?? session.output
                try session.readSpeaking(output)
            }
        }
        var order = ResponseOrder(session.orders)
        order.isKept = try fields.choice("conversation", of: ["auto", "none"]) != "none"
        order.input = try input(fields)
        var wire = RealtimeAnswer.Order()
        (wire.isSpoken, wire.format, wire.voice) = (session.isSpoken, session.output, session.voice)
        (wire.longest, wire.temperature) = (session.longestJSON, session.answers.temperature)
        (wire.isKept, wire.metadata) = (order.isKept, try metadata(fields))
        return (order, wire)
    }

    private mutating func input(_ fields: RealtimeFields) throws(BadInput) -> [Remark]? {
        guard let values = try fields.list("input", most: Self.mostInput) else { return nil }
        var remarks: [Remark] = []
        for (index, value) in values.enumerated() {
            let item = try RealtimeFields(value, at: "\(fields.place(of: "input"))[\(index)]")
            if item.value("type")?.string == "item_reference" {
                try item.check(only: ["type", "id"])
                guard let known = stage.conversation[try item.required("id")] else {
                    throw item.wrong("id", "names no item of this conversation", code: "item_not_found")
                }
                if let remark = known.remark() { remarks.append(remark) }
            } else {
                var picture: Picture?
                let own = try RealtimeItem(item, id: "input_\(index)", picture: &picture)
                guard picture == nil else { throw item.wrong("content", "may have no pictures here") }
                guard let remark = own.remark() else {
                    throw item.wrong("type", "must be message or item_reference here", code: "unsupported_value")
                }
                remarks.append(remark)
            }
        }
        return remarks
    }

    private func metadata(_ fields: RealtimeFields) throws(BadInput) -> JSON {
        guard let value = fields.value("metadata") else { return .null }
        guard case .object(let members) = value, members.count <= Self.mostMetadata,
            members.allSatisfy({ name, value in
                name.unicodeScalars.count <= 64 && (value.string.map { $0.unicodeScalars.count <= 512 } ?? false)
            })
        else {
            throw fields.wrong("metadata", "has at most 16 names of 64 characters, with texts of 512 characters")
        }
        return value
    }
}
