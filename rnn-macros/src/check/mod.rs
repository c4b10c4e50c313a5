pub(crate) mod cell;
