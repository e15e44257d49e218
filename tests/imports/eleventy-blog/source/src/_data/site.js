export default { description: "Eleven friends" };
