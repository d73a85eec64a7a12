import Glibc

/// Why a recording could not be written.
public struct RecordingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of trouble it was.
    public enum Code: Equatable, Sendable {
        /// There is a file of that name already; nothing is written over.
        case exists
        /// The file could not be made.
        case notCreated
        /// The disk, a quota or a limit on the length of files leaves no room.
        case full
        /// A WAV file cannot be longer: its sizes have 32 bits.
        case tooLong
        /// The disk was too slow: too much waited to be written.
        case overrun
        /// A line had a line feed in it, or could not be made.
        case notALine
        /// Any other failure of the system.
        case failed
    }

    /// The kind of trouble.
    public let code: Code
    /// The system's number for it, an `errno`; 0 where it is ours.
    public let number: Int32

    /// States a trouble.
    public init(_ code: Code, number: Int32 = 0) {
        self.code = code
        self.number = number
    }

    /// What the system said when it refused to make a file.
    static func creating(_ number: Int32) -> RecordingError {
        RecordingError(number == EEXIST ? .exists : .notCreated, number: number)
    }

    /// What the system said when it refused to write.
    static func writing(_ number: Int32) -> RecordingError {
        switch number {
        case ENOSPC, EDQUOT, EFBIG: RecordingError(.full, number: number)
        default: RecordingError(.failed, number: number)
        }
    }

    /// The kind of trouble as one word, for labels: `overrun`.
    public var name: String { "\(code)" }

    /// The trouble in words, without the file's name.
    public var description: String {
        switch code {
        case .exists: "the recording exists already"
        case .notCreated: "the recording cannot be created (error \(number))"
        case .full: "there is no room for the recording (error \(number))"
        case .tooLong: "the recording is longer than a WAV file can be"
        case .overrun: "the disk is too slow for the recording"
        case .notALine: "a line of the recording is no line"
        case .failed: "the recording cannot be written (error \(number))"
        }
    }
}
