/// What one unit of each kind costs, in the currency of the table. What a provider does not charge for is 0.
public struct Price: Codable, Hashable, Sendable {
    /// One token of a prompt.
    public var inputTokens: Double
    /// One token of an answer.
    public var outputTokens: Double
    /// One character sent to a synthesiser.
    public var characters: Double
    /// One minute of audio.
    public var minutes: Double

    /// A price of single units.
    public init(inputTokens: Double = 0, outputTokens: Double = 0, characters: Double = 0, minutes: Double = 0) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.characters = characters
        self.minutes = minutes
    }

    /// What that much costs.
    public func cost(
        inputTokens: Int = 0, outputTokens: Int = 0, characters: Int = 0, audio: Duration = .zero
    ) -> Double {
        Double(inputTokens) * self.inputTokens + Double(outputTokens) * self.outputTokens
            + Double(characters) * self.characters + audio / .seconds(60) * minutes
    }
}

/// Prices of models, for an estimate of what a conversation costs.
public struct PriceTable: Codable, Equatable, Sendable {
    /// Three capital letters, such as `EUR`.
    public var currency: String
    /// By model. A model that is not here has no price, which is not the same as costing nothing.
    public var prices: [ModelReference: Price]

    /// A table; empty unless told otherwise.
    public init(currency: String = "USD", prices: [ModelReference: Price] = [:]) {
        self.currency = currency
        self.prices = prices
    }

    /// The price of `model`, or nil when nobody gave one.
    public subscript(model: ModelReference) -> Price? { prices[model] }
}

extension PriceTable {
    private enum CodingKeys: CodingKey { case currency, prices }

    private struct Row: Codable {
        var model: ModelReference
        var price: Price
    }

    /// Reads what `encode` writes. Of several prices of one model the first counts.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let rows = try container.decode([Row].self, forKey: .prices)
        self.init(
            currency: try container.decode(String.self, forKey: .currency),
            prices: Dictionary(rows.map { ($0.model, $0.price) }, uniquingKeysWith: { first, _ in first }))
    }

    /// Writes the prices in the order of the models' names, so that equal tables are equal bytes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(currency, forKey: .currency)
        let rows = prices.map { Row(model: $0, price: $1) }
        try container.encode(rows.sorted { $0.model.description < $1.model.description }, forKey: .prices)
    }
}
