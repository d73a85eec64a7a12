import AudioCore
import Foundation
import JSONText
import TurnTaking
import VoiceActivity

/// What the network and the gate make of a recording.
struct VADReport {
    struct Window {
        var index: Int
        var start: Int
        var probability: Float
        var positives: Int
        var trigger: BargeInGate.Trigger?
    }

    private(set) var windows: [Window] = []
    private let settings: VADConfiguration

    init(_ samples: [Int16], settings: VADConfiguration, endpointing: EndpointingConfiguration) throws {
        self.settings = settings
        let model = try SileroModel()
        var track = SpeechProbabilityTrack()
        var hearing = Hearing(endpointing: endpointing, vad: settings)
        hearing.gate?.responseOpened()
        for window in track.append(samples, model: model) {
            let range = window.start..<window.start + SileroModel.windowLength
            var trigger: BargeInGate.Trigger?
            for event in hearing.append(window: range, probability: window.probability) {
                switch event {
                case .bargeIn(let found): trigger = found
                // The caller's turn is over; the next speech would interrupt the next answer.
                case .speechStopped: hearing.gate?.responseOpened()
                case .speechStarted: break
                }
            }
            windows.append(
                Window(
                    index: window.index, start: window.start, probability: window.probability,
                    positives: hearing.gate?.count ?? 0,
                    trigger: trigger))
        }
    }

    /// One JSON object a window.
    var json: [String] {
        windows.map { window in
            JSON.object([
                ("window", .int(window.index)), ("start_sample", .int(window.start)),
                ("start_seconds", .double(Double(window.start) / 16000)),
                ("probability", .double(Double(window.probability))), ("positive_frames", .int(window.positives)),
                ("trigger", .bool(window.trigger != nil)),
                ("onset_sample", window.trigger.map { .int($0.onset) } ?? .null),
            ]).text
        }
    }

    /// A line a window, and where the triggers are.
    var text: [String] {
        var lines = ["   time  probability                        positive frames"]
        for window in windows {
            let bar = String(repeating: "█", count: Int((window.probability * 20).rounded()))
            lines.append(
                String(format: "%6.2f s  %.3f ", Double(window.start) / 16000, window.probability)
                    + bar.padding(toLength: 22, withPad: " ", startingAt: 0)
                    + "\(window.positives)/\(settings.threshold)" + (window.trigger == nil ? "" : "  ◀ barge-in"))
        }
        let triggers = windows.compactMap(\.trigger)
        lines.append(
            triggers.isEmpty
                ? "no barge-in"
                : "barge-in at "
                    + triggers.map {
                        String(
                            format: "%.2f s (speech from %.2f s)", Double($0.position) / 16000, Double($0.onset) / 16000
                        )
                    }.joined(separator: ", "))
        return lines
    }
}
