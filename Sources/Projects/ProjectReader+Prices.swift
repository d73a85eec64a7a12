import ProjectModel

extension ProjectReader {
    /// The `prices` block as it stands in the file.
    struct PriceBlock {
        var currency: String
        var prices: [(model: Located<ModelReference>, price: Price)] = []
    }

    func prices(_ block: inout NodeReader) -> PriceBlock {
        var found = PriceBlock(currency: PriceTable().currency)
        if let currency = block.text("currency", recording: found.currency) {
            found.currency = currency.value
            if currency.value.utf8.count != 3 || !currency.value.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) {
                context.report(
                    .error, at: currency.mark, path: currency.path, "'\(currency.value)' is no currency (ISO 4217)",
                    hint: "such as USD or EUR")
            }
        }
        block.namedBlocks("models") { name, block in
            let tokens = (
                input: self.amount("input_per_million_tokens", &block),
                output: self.amount("output_per_million_tokens", &block)
            )
            let characters = self.amount("per_million_characters", &block)
            let price = Price(
                inputTokens: tokens.input / 1e6, outputTokens: tokens.output / 1e6, characters: characters / 1e6,
                minutes: self.amount("per_minute", &block))
            if let model = ModelReference(name.value) {
                found.prices.append((Located(value: model, mark: name.mark, path: name.path), price))
            } else {
                self.context.report(
                    .error, at: name.mark, path: name.path,
                    "a model is written Provider/name, not '\(name.value)'")
            }
        }
        return found
    }

    private func amount(_ key: String, _ block: inout NodeReader) -> Double {
        block.number(key, in: 0...1_000_000)?.value ?? 0
    }

    /// The prices by the project's names of the models. A price of an unused model is a warning: its name may be misspelt.
    func priceTable(_ block: PriceBlock?, for project: Project) -> PriceTable {
        guard let block else { return PriceTable() }
        var table = PriceTable(currency: block.currency)
        let named = project.models
        for (model, price) in block.prices {
            let inFull = ModelReference(
                provider: context.directory.host?.name ?? "", model: model.value.description)
            let meant = !named.contains(model.value) && named.contains(inFull) ? inFull : model.value
            if table.prices.updateValue(price, forKey: meant) != nil {
                context.report(.error, at: model.mark, path: model.path, "a second price of '\(meant)'")
            }
            // A misspelt model of the project is missing among those that it names, and has been reported.
            if !named.contains(meant), !context.hasErrors {
                context.report(
                    .warning, at: model.mark, path: model.path, "the project never names '\(model.value)'",
                    hint: didYouMean(model.value.description, named.map(\.description).sorted()))
            }
        }
        return table
    }
}
