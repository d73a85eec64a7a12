/// Where the time between the caller's last word and our first sound went. The parts sum to the whole.
public struct TurnTimings: Codable, Equatable, Sendable {
    /// End of speech → the decision that the turn is over.
    public var endpointing: Duration
    /// → the final transcript.
    public var transcription: Duration
    /// → the first piece of text of the first agent that speaks (TTFT).
    public var firstToken: Duration
    /// → its first whole sentence.
    public var sentence: Duration
    /// → the first audio from the synthesiser (TTFB).
    public var synthesis: Duration
    /// → the first audio given to the transport.
    public var sending: Duration

    /// End of speech → first audio given to the transport (TTFA).
    public var total: Duration { endpointing + transcription + firstToken + sentence + synthesis + sending }

    /// Collects the moments of one turn and turns them into parts.
    struct Marks: Equatable, Sendable {
        var speechEnd: Duration
        var turnEnd: Duration
        var transcript: Duration
        var token: Duration?
        var sentence: Duration?
        var audio: Duration?

        /// The parts, when the first audio is sent at `sent`. A mark that was never reached makes a part of zero.
        func timings(sent: Duration) -> TurnTimings {
            let token = min(self.token ?? transcript, sent)
            let sentence = min(max(self.sentence ?? token, token), sent)
            let audio = min(max(self.audio ?? sentence, sentence), sent)
            return TurnTimings(
                endpointing: turnEnd - speechEnd, transcription: transcript - turnEnd, firstToken: token - transcript,
                sentence: sentence - token, synthesis: audio - sentence, sending: sent - audio)
        }
    }
}
