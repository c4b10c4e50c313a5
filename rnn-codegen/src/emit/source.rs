//! The source-level graph as static data, for the interpreter.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

use super::size;
use crate::check::cell::{Cell, Port};
use crate::functions::Unary;
use crate::graph::{Graph, MatrixSource, Node, Op};
use crate::ops::{Init, Number, Reduce, Shape, Weights};

/// The value of `Cell::GRAPH`. `graph` is in the source dialect.
pub(crate) fn graph(cell: &Cell, graph: &Graph, explanation: &str) -> TokenStream {
    let name = cell.name.to_string();
    let equations = cell.equations.join("\n");
    let inputs = cell.inputs.iter().map(port);
    let states = cell.states.iter().map(port);
    let params = cell.params.iter().enumerate().map(|(i, param)| {
        let (name, shape, init) = (&param.name, shape(param.shape), init(param.init));
        let (offset, trainable) = (size(super::offset(cell, i)), param.trainable);
        quote! {
            p::ParamInfo {
                name: #name, shape: #shape, offset: #offset, init: #init, trainable: #trainable,
            }
        }
    });
    let nodes = graph.ids().map(|id| node(graph.node(id), graph.names.get(&id)));
    let next = graph.next.iter().map(|id| size(id.index()));
    let output = size(graph.output.map_or(0, |id| id.index()));
    let output_len = size(cell.output.shape.len());
    let weights = match cell.weights {
        Weights::Full => "Full",
        Weights::F16 => "F16",
        Weights::Bf16 => "Bf16",
    };
    let (weights, fast) = (Ident::new(weights, Span::mixed_site()), cell.fast);
    let steps = option(cell.steps.map(|n| size(n).to_token_stream()));
    quote! {
        &p::CellGraph {
            name: #name,
            equations: #equations,
            explanation: #explanation,
            inputs: &[#(#inputs),*],
            states: &[#(#states),*],
            params: &[#(#params),*],
            nodes: &[#(#nodes),*],
            next: &[#(#next),*],
            output: #output,
            output_len: #output_len,
            steps: #steps,
            weights: p::WeightFormat::#weights,
            fast: #fast,
        }
    }
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

fn port(port: &Port) -> TokenStream {
    let (name, len) = (port.name.to_string(), size(port.len));
    quote!(p::Port { name: #name, len: #len })
}

fn shape(shape: Shape) -> TokenStream {
    match shape {
        Shape::Scalar => quote!(p::Shape::Scalar),
        Shape::Vector(n) => {
            let n = size(n);
            quote!(p::Shape::Vector(#n))
        }
        Shape::Matrix(rows, columns) => {
            let (rows, columns) = (size(rows), size(columns));
            quote!(p::Shape::Matrix(#rows, #columns))
        }
    }
}

fn number(value: f64) -> TokenStream {
    super::lanes::literal(value, true)
}

fn init(init: Init) -> TokenStream {
    match init {
        Init::Uniform(r) => {
            let r = number(r);
            quote!(p::Init::Uniform(#r))
        }
        Init::UniformFan(n) => {
            let n = size(n);
            quote!(p::Init::UniformFan(#n))
        }
        Init::Normal(deviation) => {
            let deviation = number(deviation);
            quote!(p::Init::Normal(#deviation))
        }
        Init::Glorot => quote!(p::Init::Glorot),
        Init::He => quote!(p::Init::He),
        Init::Orthogonal => quote!(p::Init::Orthogonal),
        Init::Identity => quote!(p::Init::Identity),
        Init::Constant(value) => {
            let value = number(value);
            quote!(p::Init::Constant(#value))
        }
    }
}

fn node(node: &Node, name: Option<&String>) -> TokenStream {
    let (op, shape) = (op(node), shape(node.shape));
    let args = node.args.iter().map(|a| size(a.index()));
    let name = option(name.map(|name| quote!(#name)));
    quote!(p::Node { op: #op, args: &[#(#args),*], shape: #shape, name: #name })
}

fn op(node: &Node) -> TokenStream {
    match &node.op {
        Op::Input(i) => leaf("Input", *i),
        Op::Prev(i) => leaf("Prev", *i),
        Op::Param(i) => leaf("Param", *i),
        Op::Const(Number(value)) => {
            let value = number(*value);
            quote!(p::Op::Const(#value))
        }
        Op::Product(matrix) => {
            let MatrixSource::Param(param) = matrix.source;
            let (param, transposed) = (size(param), matrix.transposed);
            quote!(p::Op::Product { param: #param, transposed: #transposed })
        }
        Op::Concat => quote!(p::Op::Concat),
        Op::Slice { start } => {
            let start = size(*start);
            quote!(p::Op::Slice { start: #start })
        }
        Op::Unary(unary) => {
            let unary = self::unary(*unary);
            quote!(p::Op::Unary(p::Unary::#unary))
        }
        Op::Zip(binary) => {
            let binary = variant(&format!("{binary:?}"));
            quote!(p::Op::Binary(p::Binary::#binary))
        }
        Op::Reduce(reduce) => {
            let reduce = self::reduce(*reduce);
            quote!(p::Op::Reduce(p::Reduce::#reduce))
        }
        Op::AdjNext(_)
        | Op::AdjOutput
        | Op::AdjCall(_)
        | Op::Map(_)
        | Op::Select
        | Op::Sum
        | Op::Residue
        | Op::Largest => unreachable!("bug in rnn-codegen: not in the source dialect: {node:?}"),
    }
}

fn leaf(name: &str, index: usize) -> TokenStream {
    let (name, index) = (variant(name), size(index));
    quote!(p::Op::#name(#index))
}

fn unary(unary: Unary) -> TokenStream {
    let (name, numbers) = (variant(&unary.variant()), unary.numbers());
    if numbers.is_empty() {
        return name;
    }
    let numbers = numbers.into_iter().map(number);
    quote!(#name(#(#numbers),*))
}

fn reduce(reduce: Reduce) -> TokenStream {
    match reduce {
        Reduce::LayerNorm { epsilon } => {
            let epsilon = number(epsilon.0);
            quote!(LayerNorm { epsilon: #epsilon })
        }
        plain => variant(&format!("{plain:?}")),
    }
}

/// The runtime's enums have variants of the same names.
fn variant(name: &str) -> TokenStream {
    let name = Ident::new(name, Span::mixed_site());
    quote!(#name)
}
