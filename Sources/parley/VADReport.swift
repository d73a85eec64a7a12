import AudioCore
import Foundation
import JSONText
import TurnTaking
import VoiceActivity

/// What the network and the gate make of a recording.
struct VADReport {
    struct Window {
        var index: Int
        var start: AudioPosition
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
        // An answer is always heard, and there is no lockout.
        var audible = settings
        audible.lockout = .zero
        var hearing = Hearing(endpointing: endpointing, vad: audible)
        hearing.gate?.responseOpened()
        var isHeard = true
        for window in track.append(samples, model: model) {
            var trigger: BargeInGate.Trigger?
            if isHeard { hearing.gate?.audioSent(at: window.start) }
            for event in hearing.append(window: window.range, probability: window.probability) {
                switch event {
                case .bargeIn(let found): (trigger, isHeard) = (found, false)
                // The caller's turn is over; the next speech would interrupt the next answer.
                case .speechStopped: isHeard = true
                case .speechStarted, .paused, .lingered, .resumed: break
                }
            }
            windows.append(
                Window(
                    index: window.index, start: window.start, probability: window.probability,
                    positives: hearing.gate?.count ?? 0,
                    trigger: trigger))
        }
    }

    /// Seconds into the recording; divided once, so that they print short.
    private static func seconds(_ position: AudioPosition) -> Double {
        Double(position.samples) / Double(AudioPosition.sampleRate)
    }

    /// One JSON object a window.
    var json: [String] {
        windows.map { window in
            JSON.object([
                ("window", .int(window.index)), ("start_sample", .int(window.start.samples)),
                ("start_seconds", .double(Self.seconds(window.start))),
                ("probability", .double(Double(window.probability))), ("positive_frames", .int(window.positives)),
                ("trigger", .bool(window.trigger != nil)),
                ("onset_sample", window.trigger.map { .int($0.onset.samples) } ?? .null),
            ]).text
        }
    }

    /// A line a window, and where the triggers are.
    var text: [String] {
        var lines = ["   time  probability                        positive frames"]
        for window in windows {
            let bar = String(repeating: "█", count: Int((window.probability * 20).rounded()))
            lines.append(
                String(format: "%6.2f s  %.3f ", Self.seconds(window.start), window.probability)
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
                            format: "%.2f s (speech from %.2f s)", Self.seconds($0.position),
                            Self.seconds($0.onset))
                    }.joined(separator: ", "))
        return lines
    }
}
