import TestSupport
import Testing

@testable import DeepgramProvider

@Suite struct ListenUtteranceTests {
    typealias Results = ListenMessage.Results

    /// A server that settles stretches as it likes: every word comes out once, in order, and the end comes once.
    @Test(arguments: 0..<200) func everyWordOnce(seed: Int) {
        var random = Seeded(seed)
        var utterance = ListenUtterance()
        let origin = Double.random(in: 0...500, using: &random)
        var position = origin
        var said: [String] = []
        var dones: [ListenUtterance.Outcome] = []
        var interims: [String] = []
        func take(_ outcome: ListenUtterance.Outcome) {
            switch outcome {
            case .interim(let text): interims.append(text)
            case .done: dones.append(outcome)
            case .nothing: break
            }
        }
        for segment in 0..<Int.random(in: 0...5, using: &random) {
            let length = Double.random(in: 0.2...3, using: &random)
            utterance.sent(Int(length * 16000))
            for words in 0..<Int.random(in: 0...3, using: &random) {
                let text = (0...words).map { "s\(segment)w\($0)" }.joined(separator: " ")
                take(
                    utterance.heard(
                        Results(text: text, start: position, duration: length, isFinal: false, fromFinalize: false)))
            }
            let text = Bool.random(using: &random) ? "final\(segment)" : ""
            if !text.isEmpty { said.append(text) }
            take(
                utterance.heard(
                    Results(text: text, start: position, duration: length, isFinal: true, fromFinalize: false)))
            position += length
        }
        let isSettled = position > origin
        let rest = Bool.random(using: &random) ? 0.5 : 0.05
        utterance.sent(Int(rest * 16000))
        #expect(dones.isEmpty)
        let commands = utterance.audioEnded()
        #expect(commands.first == ListenMessage.finalize)
        #expect(commands.contains(ListenMessage.closeStream) == (isSettled && rest < 0.1))
        if Bool.random(using: &random) && rest == 0.5 {
            said.append("tail")
            take(
                utterance.heard(
                    Results(text: "tail", start: position, duration: rest, isFinal: true, fromFinalize: true)))
            let text = said.joined(separator: " ")
            #expect(dones == [.done(text, mayBeUsedAgain: true)])
        } else {
            let insisting = utterance.patienceIsOver()
            #expect(insisting == (commands.count == 2 ? [] : [ListenMessage.closeStream]))
            take(utterance.streamEnded())
            #expect(dones == [.done(said.joined(separator: " "), mayBeUsedAgain: false)])
        }
        // What comes late changes nothing.
        take(utterance.streamEnded())
        take(utterance.heard(Results(text: "late", start: 0, duration: 1, isFinal: true, fromFinalize: true)))
        let late = utterance.patienceIsOver() + utterance.audioEnded()
        #expect(dones.count == 1 && late.isEmpty)
        #expect(zip(interims, interims.dropFirst()).allSatisfy { $0 != $1 } && !interims.contains(""))
    }

    @Test(arguments: [
        "", "{", "[]", "\"text\"", "{}", #"{"type":"Results"}"#, #"{"type":"Results","start":0,"duration":1}"#,
        #"{"type":"Results","start":0,"duration":1,"channel":{"alternatives":[]}}"#,
        #"{"type":"Results","start":"0","duration":1,"channel":{"alternatives":[{"transcript":"x"}]}}"#,
    ])
    func whatIsNoneOfTheProtocol(text: String) { #expect(ListenMessage(text) == nil) }

    @Test func messagesAreRead() {
        #expect(ListenMessage(#"{"type":"SpeechStarted","timestamp":1}"#) == .other)
        #expect(ListenMessage(#"{"type":"Metadata"}"#) == .metadata)
        #expect(
            ListenMessage(#"{"type":"Error","variant":"SchemaError","description":"x"}"#) == .error(code: "SchemaError")
        )
        #expect(ListenMessage(#"{"err_code":"X","err_msg":"y"}"#) == .error(code: "X"))
        let text = #"{"type":"Results","start":1,"duration":0.5,"channel":{"alternatives":[{"transcript":"hi"}]}}"#
        #expect(
            ListenMessage(text)
                == .results(Results(text: "hi", start: 1, duration: 0.5, isFinal: false, fromFinalize: false)))
    }
}
