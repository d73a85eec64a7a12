import AudioCore
import Foundation
import Testing

@testable import TurnTaking

/// The values that a record of a conversation holds come back as they were written.
@Suite struct CodingTests {
    private func copy<Value: Codable>(_ value: Value) throws -> Value {
        try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
    }

    @Test func settings() throws {
        var vad = VADConfiguration()
        (vad.threshold, vad.lockout, vad.speechProbability) = (12, .milliseconds(1234), 0.35)
        vad.resumeAfterFalseBargeIn = false
        vad.backChannels = ["mhm"]
        #expect(try copy(vad) == vad)
        var endpointing = EndpointingConfiguration()
        endpointing.silence = .milliseconds(350)
        #expect(try copy(endpointing) == endpointing)
    }

    @Test func whatIsHeard() throws {
        let trigger = BargeInGate.Trigger(onset: at(480), position: at(4800))
        for event in [Hearing.Event.speechStarted(onset: at(1)), .speechStopped(end: at(2)), .bargeIn(trigger)] {
            #expect(try copy(event) == event)
        }
        let frame = Frame(start: at(480), end: at(960), probability: 0.1)
        #expect(try copy(frame) == frame)
        let word = SpokenWord(textEnd: 5, end: .milliseconds(320))
        #expect(try copy(word) == word)
        let chunk = AudioChunk(samples: [.min, -1, 0, .max], sampleRate: 24_000)
        #expect(try copy(chunk) == chunk)
    }
}
