import ProviderKit
import Session

/// The fields that messages of bridge clients have, whatever their type.
struct BridgeMessage: Decodable {
    struct Chunk: Decodable { var chunk: String? }

    var command: String?
    var type: String?
    var eventID: String?
    var responseID: String?
    var audio: String?
    var data: Chunk?
    var text: String?
    var playedMilliseconds: Double?
    private var callID: String?
    private var output: String?
    private var error: String?
    private var scope: String?
    private var vad: SettingsMessage?
    private var vadFrames: Bool?
    private var pauses: Bool?
    private var variables: VariablesMessage?
    private var image: String?
    private var rounds: Int?

    private enum CodingKeys: String, CodingKey {
        case command, type, audio, data, text, vad, pauses, scope, output, error, variables, image, rounds
        case callID = "call_id"
        case eventID = "event_id"
        case responseID = "response_id"
        case playedMilliseconds = "played_ms"
        case vadFrames = "vad_frames"
    }

    /// What a `response.cancel` stops.
    /// - Throws: that there is no such scope.
    func cancel() throws(BadInput) -> ClientSignal {
        switch scope {
        case nil: .cancelResponse
        case "agent": .skipAgent
        case "response": .stopResponse
        default:
            throw BadInput(code: "invalid_field", message: "'scope' of response.cancel is 'agent' or 'response'")
        }
    }

    /// What a `memory.add`, `memory.retrieve` or `memory.reset` asks of the memory.
    /// - Throws: what is wrong with it.
    func memory(_ name: String) throws(BadInput) -> MemoryRequest {
        switch name {
        case "memory.add":
            guard let variables else {
                throw BadInput(
                    code: "missing_field", message: "memory.add needs 'variables', an object of names and values")
            }
            return .add(try variables.changes())
        case "memory.retrieve":
            let rounds = rounds ?? 0
            guard (0...MemoryRequest.mostRounds).contains(rounds) else {
                throw BadInput(code: "invalid_field", message: "'rounds' must be 0…\(MemoryRequest.mostRounds)")
            }
            return .retrieve(rounds: rounds)
        default:
            guard let scope = MemoryRequest.Scope(rawValue: scope ?? "variables") else {
                throw BadInput(code: "invalid_field", message: "'scope' of memory.reset is 'variables' or 'all'")
            }
            return .reset(scope)
        }
    }

    /// The picture that is shown with typed words.
    /// - Throws: what is wrong with it.
    func picture() throws(BadInput) -> Picture? {
        guard let image else { return nil }
        return try Picture(dataURL: image)
    }

    /// What a client's call came to, or why it came to nothing.
    /// - Throws: that a field is missing, or the result is too long.
    func toolResult() throws(BadInput) -> ClientSignal {
        guard let callID, let text = output ?? error, output == nil || error == nil else {
            throw BadInput(
                code: "missing_field", message: "tool.result needs 'call_id', and either 'output' or 'error', all text")
        }
        guard let id = CallID(named: callID) else {
            throw BadInput(code: "unknown_call", message: "'call_id' of tool.result is the one of tool.called")
        }
        guard text.unicodeScalars.count <= ClientSignal.longestResult else {
            throw BadInput(
                code: "too_long",
                message: "'output' or 'error' of tool.result has at most \(ClientSignal.longestResult) characters")
        }
        return error == nil ? .toolOutput(id, text) : .toolRefusal(id, text)
    }

    /// The change that a `session.update` asks for.
    /// - Throws: what is wrong with it.
    func update() throws(BadInput) -> SessionUpdate {
        if let unknown = vad?.unknown {
            throw BadInput(
                code: "unknown_setting",
                message: "\(unknown) cannot be changed; 'vad' may have " + SettingsMessage.names.joined(separator: ", ")
            )
        }
        var update = SessionUpdate()
        update.reportsFrames = vadFrames
        update.knowsPauses = pauses
        update.variables = try variables?.values()
        guard let vad else { return update }
        update.threshold = vad.threshold
        update.windowSize = vad.windowSize
        update.lockout = vad.lockoutSeconds.map(Self.duration)
        update.gracePeriod = vad.gracePeriodSeconds.map(Self.duration)
        update.speechProbability = vad.speechProbability
        return update
    }

    /// Seconds as a duration; what no setting can be becomes one that is refused with a reason.
    private static func duration(_ seconds: Double) -> Duration {
        (-1_000_000...1_000_000).contains(seconds) ? .seconds(seconds) : .seconds(-1)
    }
}

/// The `vad` of a `session.update`.
struct SettingsMessage: Decodable {
    var threshold: Int?
    var windowSize: Int?
    var lockoutSeconds: Double?
    var gracePeriodSeconds: Double?
    var speechProbability: Float?
    /// The first setting that is none of these, in quotes where its name is one that a setting could have.
    var unknown: String?

    /// What may be changed.
    static var names: [String] { CodingKeys.allCases.map(\.rawValue) }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case threshold
        case windowSize = "window_size"
        case lockoutSeconds = "lockout_seconds"
        case gracePeriodSeconds = "grace_period_seconds"
        case speechProbability = "speech_probability"
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        threshold = try values.decodeIfPresent(Int.self, forKey: .threshold)
        windowSize = try values.decodeIfPresent(Int.self, forKey: .windowSize)
        lockoutSeconds = try values.decodeIfPresent(Double.self, forKey: .lockoutSeconds)
        gracePeriodSeconds = try values.decodeIfPresent(Double.self, forKey: .gracePeriodSeconds)
        speechProbability = try values.decodeIfPresent(Float.self, forKey: .speechProbability)
        let names = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        unknown = names.filter { CodingKeys(rawValue: $0) == nil }.min().map(Self.described)
    }

    /// A name of a client's is repeated only when it is a plain word.
    private static func described(_ name: String) -> String {
        let isPlain =
            !name.isEmpty && name.utf8.count <= 40
            && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
        return isPlain ? "'\(name)'" : "a setting whose name is no plain word"
    }
}
