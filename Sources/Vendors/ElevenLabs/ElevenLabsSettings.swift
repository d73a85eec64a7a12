import Foundation
import ProviderKit
import ProviderTransport
import Telemetry

/// How ElevenLabs is spoken to.
public struct ElevenLabsSettings: Sendable {
    /// The account's key.
    public var key: Secret
    /// `https://api.elevenlabs.io`, or another place that speaks its protocol; `ws`, `wss`, `http` or `https`.
    public var baseURL = "https://api.elevenlabs.io"
    /// The id of the voice for requests that name none.
    public var defaultVoice = "21m00Tcm4TlvDq8ikWAM"
    /// 0…1; nil for what the voice's owner has set.
    public var stability: Double?
    /// 0…1; nil for what the voice's owner has set.
    public var similarityBoost: Double?

    /// The defaults named on each property.
    public init(key: Secret) { self.key = key }

    /// ElevenLabs takes 0.7…1.2; a voice that is asked for more speaks as fast, or as slow, as it can.
    static let speeds = 0.7...1.2

    /// Rates of PCM that are to be had, in hertz.
    private static let rates = [8000, 16000, 22050, 24000, 32000, 44100, 48000]

    /// The rate to ask for, for one that is wanted: the same, or the next above, from which it is resampled.
    static func rate(for wanted: Int) -> Int { rates.first { $0 >= wanted } ?? 48000 }

    /// The id of the wanted voice: a well-known name, or what is given, which is an id then.
    func voice(_ request: VoiceRequest) -> String {
        guard let name = request.name, !name.isEmpty else { return defaultVoice }
        return Self.voices[name.lowercased()] ?? name
    }

    /// nil when the voice is to speak as it is.
    func voiceSettings(_ request: VoiceRequest) -> JSONValue? {
        var settings: [String: JSONValue] = [:]
        if let stability { settings["stability"] = .double(stability) }
        if let similarityBoost { settings["similarity_boost"] = .double(similarityBoost) }
        let speed = min(max(request.speed, Self.speeds.lowerBound), Self.speeds.upperBound)
        if speed != 1 { settings["speed"] = .double(speed) }
        return settings.isEmpty ? nil : .object(settings)
    }

    /// ISO 639-1, for the models that take it; the others hear it from the text.
    static func language(_ request: VoiceRequest, model: String) -> String? {
        guard model.hasSuffix("_v2_5") else { return nil }
        return request.locale.split(separator: "-").first.map { $0.lowercased() }
    }

    /// `baseURL` for `path` with a query, over sockets or over HTTP; nil when it is no URL.
    func url(_ path: String, _ query: [(String, String?)], secure: String, plain: String) -> String? {
        guard var parts = URLComponents(string: baseURL), parts.host?.isEmpty == false else { return nil }
        switch parts.scheme?.lowercased() {
        case "https", "wss": parts.scheme = secure
        case "http", "ws": parts.scheme = plain
        default: return nil
        }
        guard var url = parts.string else { return nil }
        while url.hasSuffix("/") { url.removeLast() }
        let items = query.compactMap { name, value in value.map { "\(name)=\(percentEncoded($0))" } }
        return url + path + "?" + items.joined(separator: "&")
    }

    /// The voices that every account has, by their names in small letters.
    private static let voices = [
        "rachel": "21m00Tcm4TlvDq8ikWAM", "sarah": "EXAVITQu4vr4xnSDxMaL", "adam": "pNInz6obpgDQGcFmaJgB",
        "antoni": "ErXwobaYiN019PkySvjV", "domi": "AZnzlk1XvdvUeBnXmlld", "elli": "MF3mGyEYCl7XYWbV9V6O",
        "josh": "TxGEqnHWrfWFTfGW9XjX", "arnold": "VR6AewLTigWG4xSOukaG", "sam": "yoZ06aMxZJJ28mfd3POQ",
        "george": "JBFqnCBsd6RMkjVDRZzb", "charlotte": "XB0fDUnXU5powFXDhCwa", "alice": "Xb7hH8MSUJpSbSDYk0k2",
        "matilda": "XrExE9yKIg1WjnnlVkGX", "daniel": "onwK4e9ZLuTAKqWW03F9", "lily": "pFZP5JQG7iQjIQuC4Bku",
        "brian": "nPczCjzI2devNBz1zQrb", "jessica": "cgSgspJ2msm6clMCkdW9", "liam": "TX3LPaxmHKxFdv7VOQHJ",
        "charlie": "IKne3meq5aSn9XLyUdCD", "will": "bIHbv24MWmeRgasZH58o", "eric": "cjVigY5qzO86Huf0OWal",
        "chris": "iP95p4xoKVk53GoZ742B", "roger": "CwhRBWXzGAHq8TQ4Fs17", "laura": "FGY2WhTYpPnrIDTdsKH5",
        "callum": "N2lVS1w4EtoT3dr4eOWO", "bill": "pqHfZKP75CvOlQylNhV4",
    ]
}
