import Session

/// The fields that messages of bridge clients have, whatever their type.
struct BridgeMessage: Decodable {
    struct Chunk: Decodable { var chunk: String? }

    struct Settings: Decodable {
        var threshold: Int?
        var windowSize: Int?
        var lockoutSeconds: Double?
        var gracePeriodSeconds: Double?
        var speechProbability: Float?

        enum CodingKeys: String, CodingKey {
            case threshold
            case windowSize = "window_size"
            case lockoutSeconds = "lockout_seconds"
            case gracePeriodSeconds = "grace_period_seconds"
            case speechProbability = "speech_probability"
        }
    }

    var command: String?
    var type: String?
    var audio: String?
    var data: Chunk?
    var text: String?
    var playedMilliseconds: Double?
    private var vad: Settings?
    private var vadFrames: Bool?

    private enum CodingKeys: String, CodingKey {
        case command, type, audio, data, text, vad
        case playedMilliseconds = "played_ms"
        case vadFrames = "vad_frames"
    }

    /// The change that a `session.update` asks for.
    var update: SessionUpdate? {
        var update = SessionUpdate()
        update.reportsFrames = vadFrames
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
