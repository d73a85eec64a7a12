/// How the stand-ins behave: rules, of which the first that fits a request and is not used up decides.
public struct DoublesScript: Sendable, Equatable {
    /// Decides the jitter: equal seeds and equal requests give equal times.
    public var seed: UInt64
    /// In order. Where none fits, a stand-in is well-behaved and answers at once.
    public var rules: [Rule]

    /// A script; without rules everything goes well.
    public init(seed: UInt64 = 0, rules: [Rule] = []) {
        self.seed = seed
        self.rules = rules
    }
}

/// How requests of one kind go.
public struct Rule: Sendable, Equatable {
    /// Which requests it is for; nil: all.
    public var wire: Wire?
    /// How many requests it lets pass before it begins; those go on to the next rule.
    public var skip: Int?
    /// How many requests it decides; nil: all.
    public var times: Int?
    /// What language models say and recognisers hear, in turn, and again from the front. nil: the engines decide.
    public var text: [String]?
    /// From a request to the first piece of the answer, in milliseconds.
    public var firstMs: Int
    /// Between two pieces, in milliseconds.
    public var betweenMs: Int
    /// The most that a piece comes early or late, in milliseconds.
    public var jitterMs: Int
    /// From the end of the caller's audio to a recogniser's final transcript, in milliseconds.
    public var finalMs: Int
    /// What goes wrong, if anything.
    public var fault: Fault?

    /// A rule.
    public init(
        wire: Wire? = nil, skip: Int? = nil, times: Int? = nil, text: [String]? = nil, firstMs: Int = 0,
        betweenMs: Int = 0, jitterMs: Int = 0, finalMs: Int = 0, fault: Fault? = nil
    ) {
        self.wire = wire
        self.skip = skip
        self.times = times
        self.text = text
        self.firstMs = firstMs
        self.betweenMs = betweenMs
        self.jitterMs = jitterMs
        self.finalMs = finalMs
        self.fault = fault
    }
}

/// What goes wrong with a request. Pieces are counted from 0 at the first that carries words or audio.
public enum Fault: Sendable, Equatable {
    /// The request is refused in the vendor's own form: 400…599, and when to come back, in seconds.
    case status(Int, retryAfter: Int? = nil)
    /// The connection breaks off after so many pieces.
    case cut(after: Int)
    /// After so many pieces nothing more comes; the connection stays open.
    case stall(after: Int)
    /// After so many pieces comes one that breaks the protocol, then the end.
    case malformed(after: Int)
    /// Everything succeeds, and there is nothing in it: no words, no audio.
    case silent
    /// A recogniser's final transcript comes so many milliseconds later than `finalMs` says.
    case lateFinal(Int)
}
