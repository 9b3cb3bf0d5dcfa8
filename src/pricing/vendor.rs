//! Vendors under all the names that logs, gateways, clouds and bills give them: the one table for who is paid.
//!
//! - In: a provider as written (`aws.bedrock`, `Amazon Web Services, Inc.`, `vertex_ai`), and the model beside it.
//! - Out: the vendor who bills. Case, legal forms and the sign between words do not count.
//! - Refuses: names that say only how a request was sent (`litellm_proxy`, `openai_like`); then the model decides.
//!
//! Source: LiteLLM's `custom_llm_provider`, OpenTelemetry's `gen_ai.provider.name` and `gen_ai.system`, the provider ids of the AI
//! SDK, OpenCode and Portkey, and what clouds write into FOCUS' `ProviderName` and `PublisherName`.

use std::borrow::Cow;

use super::model_name::comparable;

/// A vendor who sends bills.
struct Vendor {
    id: &'static str,
    /// Other names for it as the maker of models, or as the only seller that it is.
    own: &'static [&'static str],
    /// Names under which it also sells the models of others.
    hosting: &'static [&'static str],
    /// Further names begin like this; they may be hosts of others' models.
    starts: &'static [&'static str],
    /// Whether it sells nothing but models of its own, so that it cannot be paid for others'.
    only_own: bool,
}

const fn maker(id: &'static str, own: &'static [&'static str]) -> Vendor {
    Vendor { id, own, hosting: &[], starts: &[], only_own: true }
}

const fn host(id: &'static str, hosting: &'static [&'static str]) -> Vendor {
    Vendor { id, own: &[], hosting, starts: &[], only_own: false }
}

/// All vendors; the names of clouds that also make models are told apart, because a host sets its own prices.
static VENDORS: &[Vendor] = &[
    maker("anthropic", &["anthropic-text", "anthropic-pbc", "claude", "claude-ai", "claude-code"]),
    maker(
        "openai",
        &["text-completion-openai", "open-ai", "openai-chat", "openai-text", "openai-opco", "chatgpt", "codex", "sora"],
    ),
    Vendor {
        id: "google",
        own: &[
            "gemini",
            "google-gemini",
            "google-genai",
            "google-ai",
            "google-ai-studio",
            "google-generative-ai",
            "palm",
        ],
        hosting: &["gcp", "google-cloud", "google-cloud-platform", "google-vertexai"],
        starts: &["vertex", "google-vertex", "google-cloud", "gcp-", "google-", "gemini-"],
        only_own: false,
    },
    Vendor {
        id: "aws",
        own: &[],
        hosting: &["amazon", "bedrock", "sagemaker", "nova"],
        starts: &["aws-", "amazon-", "amazonbedrock", "bedrock-", "sagemaker-"],
        only_own: false,
    },
    Vendor {
        id: "azure",
        own: &[],
        hosting: &["microsoft", "az"],
        starts: &["azure-", "az-", "microsoft-", "ms-azure", "azureopenai", "azureai"],
        only_own: false,
    },
    maker("xai", &["x-ai", "grok", "x-ai-corp"]),
    maker("deepseek", &["deepseek-ai", "deep-seek"]),
    maker("mistral", &["mistralai", "mistral-ai", "codestral", "text-completion-codestral", "la-plateforme"]),
    maker("moonshotai", &["moonshot", "moonshot-ai", "kimi", "kimi-for-coding", "kimi-code", "moonshotai-cn"]),
    Vendor {
        id: "alibaba",
        own: &["dashscope", "qwen", "qwen-code"],
        hosting: &["alibaba-cloud", "alibabacloud", "aliyun", "bailian", "model-studio"],
        starts: &["alibaba-", "aliyun-"],
        only_own: false,
    },
    maker(
        "zai",
        &[
            "z-ai",
            "zai-org",
            "zhipu",
            "zhipuai",
            "zhipu-ai",
            "bigmodel",
            "glm",
            "zai-coding-plan",
            "zhipuai-coding-plan",
        ],
    ),
    maker("minimax", &["minimaxi", "minimax-ai", "minimaxai", "minimax-cn"]),
    maker("cohere", &["cohere-chat", "cohere-ai"]),
    maker("xiaomi", &["mimo", "xiaomi-mimo", "xiaomimimo"]),
    maker("ai21", &["ai21-chat", "ai21-labs"]),
    maker("voyage", &["voyageai", "voyage-ai"]),
    maker("jina", &["jina-ai", "jinaai"]),
    maker("perplexity", &["perplexity-ai", "pplx"]),
    maker("stepfun", &["step-fun"]),
    maker("inception", &["inceptionlabs", "inception-labs"]),
    maker("meta", &["meta-llama", "llama-api", "meta-ai"]),
    maker("morph", &["morph-llm"]),
    maker("elevenlabs", &["eleven-labs"]),
    maker("deepgram", &[]),
    maker("assemblyai", &["assembly-ai"]),
    host("openrouter", &["open-router"]),
    host("vercel", &["vercel-ai-gateway", "ai-gateway", "v0", "gateway-vercel"]),
    host("github", &["copilot", "github-copilot", "github-models", "github-inc"]),
    host("cursor", &["anysphere"]),
    host("opencode", &["opencode-zen", "zen", "opencode-go"]),
    host("windsurf", &["codeium"]),
    host("groq", &["groq-cloud", "groqcloud"]),
    host("together", &["together-ai", "togetherai", "together-computer"]),
    host("fireworks", &["fireworks-ai", "fireworksai", "fireworks-ai-inc"]),
    host("cerebras", &["cerebras-systems", "cerebras-ai"]),
    host("sambanova", &["sambanova-systems", "samba-nova"]),
    host("deepinfra", &["deep-infra"]),
    host("nvidia", &["nvidia-nim", "nim"]),
    host("databricks", &["azure-databricks-model-serving", "databricks-model-serving"]),
    host("snowflake", &["snowflake-cortex", "cortex"]),
    host("ibm", &["watsonx", "watsonx-text", "ibm-watsonx-ai", "ibm-watsonx", "watsonx-ai", "ibm-cloud"]),
    host("oracle", &["oci", "oracle-cloud", "oracle-cloud-infrastructure", "oci-genai"]),
    host("replicate", &[]),
    host("huggingface", &["hugging-face", "hf", "hf-inference", "huggingface-inference"]),
    host("baseten", &["base-ten"]),
    host("novita", &["novita-ai", "novitaai"]),
    host("nebius", &["nebius-ai", "nebius-ai-studio", "nebius-token-factory"]),
    host("hyperbolic", &["hyperbolic-labs"]),
    host("siliconflow", &["silicon-flow", "siliconcloud"]),
    host("volcengine", &["volc", "bytedance", "byteplus", "ark", "doubao"]),
    host("tencent", &["hunyuan", "tencent-cloud"]),
    host("baidu", &["qianfan", "wenxin", "ernie"]),
    host("cloudflare", &["workers-ai", "cloudflare-workers-ai"]),
    host("ovhcloud", &["ovh", "ovh-cloud"]),
    host("scaleway", &[]),
    host("digitalocean", &["gradient-ai", "gradient", "digital-ocean"]),
    host("modal", &[]),
    host("friendliai", &["friendli"]),
    host("featherless", &["featherless-ai"]),
    host("lambda", &["lambda-ai", "lambda-labs"]),
    host("heroku", &[]),
    host("sap", &["sap-ai-core", "sap-genai-hub"]),
];

/// Names that say how a request was sent and not who bills it.
const PASSING: &[&str] = &[
    "litellm",
    "litellm-proxy",
    "portkey",
    "helicone",
    "kong",
    "langfuse",
    "langsmith",
    "openai-like",
    "openai-compatible",
    "custom-openai",
    "openaicompatible",
    "custom",
    "other",
    "unknown",
    "none",
    "null",
    "default",
    "proxy",
    "gateway",
];

/// Vendors whose models Bedrock names as `vendor.model`.
const BEDROCK_VENDORS: &[&str] = &[
    "anthropic",
    "amazon",
    "meta",
    "mistral",
    "cohere",
    "ai21",
    "deepseek",
    "openai",
    "qwen",
    "stability",
    "writer",
    "twelvelabs",
    "luma",
    "moonshot",
    "moonshotai",
    "minimax",
    "nvidia",
    "google",
    "zai",
];

/// The legal forms that follow a company's name.
const LEGAL_FORMS: &[&str] =
    &["-inc", "-pbc", "-llc", "-ltd", "-limited", "-corp", "-corporation", "-gmbh", "-sas", "-emea-sarl", "-ireland"];

/// A provider without case, route marks and legal form, with `-` between words.
fn simplified(text: &str) -> String {
    let text = text.split(", ").next().unwrap_or(text);
    let mut name = comparable(text.trim_start_matches('~').trim_end_matches('.'));
    while let Some(bare) = LEGAL_FORMS.iter().find_map(|form| name.strip_suffix(form)) {
        name.truncate(bare.len());
    }
    name
}

fn named(name: &str) -> Option<&'static Vendor> {
    VENDORS.iter().find(|vendor| vendor.id == name || vendor.own.contains(&name) || vendor.hosting.contains(&name))
}

/// The vendor that a provider's name means.
fn find(text: &str) -> Option<&'static Vendor> {
    let name = simplified(text);
    if name.starts_with("amazon-web-services") {
        return named("aws");
    }
    let begins = || VENDORS.iter().find(|vendor| vendor.starts.iter().any(|start| name.starts_with(start)));
    // The AI SDK writes `openai.chat`; routes are written `bedrock/converse`.
    let head = || text.split(['.', '/', ':']).next().filter(|head| head.len() < text.len());
    named(&name).or_else(begins).or_else(|| named(&simplified(head()?)))
}

/// The id of a maker under one of the names of its own service; `None` for hosts of others' models.
pub(super) fn maker_of(text: &str) -> Option<&'static str> {
    let name = simplified(text);
    VENDORS
        .iter()
        .find(|vendor| vendor.own.contains(&&*name) || (vendor.only_own && vendor.id == name))
        .map(|one| one.id)
}

/// Who is paid for a model: the cloud or gateway that the provider or the model's name shows, else the provider, else the
/// model's maker.
///
/// `maker` is the vendor of the model in the price book. A provider that is in no table is its own payee, in lower case.
#[must_use]
pub fn payee<'a>(provider: Option<&str>, model: Option<&str>, maker: Option<&'a str>) -> Option<Cow<'a, str>> {
    let written = provider.map(str::trim).filter(|text| !text.is_empty());
    let written = written.filter(|text| !PASSING.contains(&&*comparable(text)));
    let vendor = written.and_then(find);
    // A client's own name for its vendor does not see that a cloud answered.
    if vendor.is_none_or(|vendor| vendor.only_own || vendor.id == "google")
        && let Some(cloud) = model.and_then(cloud_of)
        && (written.is_none() || vendor.is_some())
    {
        return Some(Cow::Borrowed(cloud));
    }
    match (vendor, written, maker) {
        (Some(vendor), _, Some(maker)) if vendor.only_own && vendor.id != maker && named(maker).is_some() => {
            Some(Cow::Borrowed(maker))
        }
        (Some(vendor), ..) => Some(Cow::Borrowed(vendor.id)),
        (None, Some(text), _) => Some(Cow::Owned(simplified(text))),
        (None, None, maker) => maker.map(Cow::Borrowed),
    }
}

/// The cloud or gateway that a model's name shows: Bedrock's ids and ARNs, Vertex' resources, routes of gateways.
fn cloud_of(model: &str) -> Option<&'static str> {
    let text = model.trim().to_ascii_lowercase();
    if text.starts_with("arn:aws") {
        return Some("aws");
    }
    if text.starts_with("projects/") || text.starts_with("publishers/") {
        return Some("google");
    }
    let (route, name) = text.rsplit_once('/').unwrap_or(("", &text));
    let host = route.split('/').map(simplified).find_map(|part| {
        let vendor = VENDORS.iter().find(|vendor| {
            vendor.hosting.contains(&&*part)
                || (vendor.id == part && !vendor.only_own && vendor.id != "google")
                || vendor.starts.iter().any(|start| part.starts_with(start))
        });
        vendor.map(|vendor| vendor.id)
    });
    if host.is_some() {
        return host;
    }
    let mut parts = name.split('.');
    let first = parts.next().unwrap_or("");
    let second = parts.next();
    let is_vendor = |part: &str| BEDROCK_VENDORS.contains(&part);
    let is_area = matches!(first, "us" | "eu" | "apac" | "global" | "au" | "jp" | "ca" | "in" | "uk" | "us-gov" | "sa");
    if second.is_some() && (is_vendor(first) || (is_area && second.is_some_and(is_vendor))) {
        return Some("aws");
    }
    (name.starts_with("claude-") && name.contains('@')).then_some("google")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(provider: &str) -> String {
        payee(Some(provider), None, None).map(Cow::into_owned).unwrap_or_default()
    }

    #[test]
    fn a_vendor_has_one_id_under_all_its_names() {
        for (id, names) in [
            (
                "aws",
                "aws bedrock Bedrock_Converse aws.bedrock aws-bedrock amazon amazon_bedrock amazon-bedrock sagemaker \
                     sagemaker_chat bedrock_mantle AWS amazon_nova",
            ),
            (
                "google",
                "google vertex_ai vertex_ai_beta vertex_ai-anthropic_models gemini gcp.vertex_ai gcp.gemini gcp.gen_ai \
                        google-vertex google_genai google_vertexai Google google.generative-ai google.vertex.chat",
            ),
            (
                "azure",
                "azure azure_ai az.ai.openai az.ai.inference azure.ai.openai azure.ai.inference Microsoft azure_openai \
                       microsoft.foundry azure_text azure_anthropic",
            ),
            ("openai", "openai OpenAI text-completion-openai openai.chat openai.responses"),
            ("anthropic", "anthropic Anthropic anthropic_text anthropic.messages ~anthropic"),
            ("xai", "xai x_ai x-ai X.AI xai.chat"),
            ("mistral", "mistral mistral_ai mistralai MistralAI"),
            ("moonshotai", "moonshot moonshotai moonshot_ai kimi"),
            ("together", "together_ai togetherai"),
            ("fireworks", "fireworks_ai fireworks"),
            ("github", "github_copilot github-copilot GitHub"),
            ("acme-cloud", "Acme_Cloud acme-cloud"),
        ] {
            for name in names.split_whitespace() {
                assert_eq!(of(name), id, "{name}");
            }
        }
        for (name, id) in [
            ("Amazon Web Services", "aws"),
            ("Amazon Web Services, Inc.", "aws"),
            ("Amazon Web Services EMEA SARL", "aws"),
            ("Google Cloud", "google"),
            ("Google Cloud Platform", "google"),
            ("Microsoft Corporation", "azure"),
            ("Microsoft Azure", "azure"),
            ("Anthropic, PBC", "anthropic"),
            ("OpenAI, L.L.C.", "openai"),
            ("Fireworks AI", "fireworks"),
        ] {
            assert_eq!(of(name), id, "{name}");
        }
    }

    #[test]
    fn the_cloud_that_answers_is_paid_and_not_the_maker() {
        for (provider, model, maker, id) in [
            (None, "us.anthropic.claude-sonnet-4-5-20250929-v1:0", Some("anthropic"), Some("aws")),
            (Some("anthropic"), "anthropic.claude-3-haiku-20240307-v1:0", Some("anthropic"), Some("aws")),
            (None, "arn:aws:bedrock:us-east-1:1:inference-profile/x", None, Some("aws")),
            (None, "azure/gpt-5", Some("openai"), Some("azure")),
            (Some("openai"), "azure/eu/gpt-5", Some("openai"), Some("azure")),
            (None, "vertex_ai/claude-opus-4-6@default", Some("anthropic"), Some("google")),
            (None, "claude-sonnet-4@20250514", Some("anthropic"), Some("google")),
            (None, "gemini/gemini-2.5-pro", Some("google"), Some("google")),
            (None, "openrouter/anthropic/claude-sonnet-4", Some("anthropic"), Some("openrouter")),
            (Some("openrouter"), "anthropic/claude-sonnet-4", Some("anthropic"), Some("openrouter")),
            (Some("litellm_proxy"), "claude-sonnet-4", Some("anthropic"), Some("anthropic")),
            // A client of OpenAI that talks to something else.
            (Some("openai"), "claude-sonnet-4", Some("anthropic"), Some("anthropic")),
            (Some("bedrock"), "claude-sonnet-4", Some("anthropic"), Some("aws")),
            (None, "gpt-5.4", Some("openai"), Some("openai")),
            (None, "gpt-4.1", Some("openai"), Some("openai")),
            (None, "no-such-model", None, None),
        ] {
            assert_eq!(payee(provider, Some(model), maker).as_deref(), id, "{provider:?} {model}");
        }
    }
}
